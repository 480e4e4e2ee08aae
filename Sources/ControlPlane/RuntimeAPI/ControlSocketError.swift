package import LinuxIO

/// Why a socket of the runtime API could not be opened.
package struct ControlSocketError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        /// A living process answers there; its id, where the kernel tells.
        case inUse(pid: Int32?)
        /// A file of another kind has that name: it is not ours to remove.
        case notASocket
        case system(SystemError)
    }

    package let path: String
    package let code: Code

    package var description: String {
        switch code {
        case .inUse(let pid?):
            "socket \(path): process \(pid) already answers there; stop it or choose another path"
        case .inUse(nil):
            "socket \(path): another process already answers there; choose another path"
        case .notASocket:
            "socket \(path): a file that is not a socket has that name; remove it or choose another"
        case .system(let error):
            "socket \(path): \(error)"
        }
    }
}
