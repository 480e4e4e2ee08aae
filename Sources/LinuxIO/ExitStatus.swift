internal import CLinux

/// How a process ended.
package enum ExitStatus: Hashable, Sendable, CustomStringConvertible {
    /// It left by itself with this status, 0...255.
    case exited(Int32)
    /// A signal killed it.
    case signaled(Int32)

    /// From the status word of `waitpid` for a process that has ended.
    init(waitStatus: Int32) {
        if hb_wifsignaled(waitStatus) != 0 {
            self = .signaled(hb_wtermsig(waitStatus))
        } else {
            precondition(hb_wifexited(waitStatus) != 0, "a stopped process was reported as ended")
            self = .exited(hb_wexitstatus(waitStatus))
        }
    }

    package var isSuccess: Bool { self == .exited(0) }

    package var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .signaled(let signal): "killed by signal \(signal)"
        }
    }
}
