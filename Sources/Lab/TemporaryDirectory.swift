internal import Glibc
internal import LinuxIO

/// A directory that is removed with all it holds when its owner lets go of it. Its name carries the
/// pid, by which `LabNetwork.sweepLeftovers` finds those of runs that were killed.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// - Parameter label: part of the name, for whoever looks into the directory
    package init(_ label: String) throws {
        // mkdtemp replaces the last six.
        let pattern = "/tmp/hb\(getpid())-\(label)-" + String(repeating: "X", count: 6)
        var template = Array(pattern.utf8CString)
        let made = unsafe mkdtemp(&template) != nil
        guard made else { throw SystemError.last("mkdtemp", "/tmp") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        // A failure leaves it for the next sweep.
        _ = try? Command.run("rm", ["-rf", "--", path])
    }
}
