internal import Glibc

/// Where the built program is, for tests that run it.
package enum BinaryLocator {
    /// `HA_BALANCER_BINARY` if it is set, else the one beside this process's own program, which is
    /// where the package's build puts both.
    package static let path: String = {
        if let told = unsafe getenv("HA_BALANCER_BINARY") { return unsafe String(cString: told) }
        let own = CommandLine.arguments.first ?? ""
        let folder = own.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return folder.joined(separator: "/") + "/ha-balancer"
    }()
}
