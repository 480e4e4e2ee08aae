internal import CLinux
internal import Glibc
package import LinuxIO

/// One daemon per node: a lock on a file in the state directory, held as long as any process keeps
/// the descriptor. The guardian takes it and hands it to the daemon, so that neither leaves a gap.
package struct InstanceLock: ~Copyable {
    package let descriptor: OwnedDescriptor

    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// Another daemon runs here; its pid, if the file tells.
        case held(pid: Int32?, path: String)
        case system(SystemError)

        package var description: String {
            switch self {
            case .held(let pid, let path):
                let who = pid.map { "pid \($0)" } ?? "unknown pid"
                return "ha-balancer already runs on this node (\(who), lock \(path)). "
                    + "Stop it first, or change it with `ha-balancer reload`."
            case .system(let error) where error.errno == EACCES || error.errno == EPERM:
                return "\(error): 'state-dir' belongs to another user; run it as root (sudo) or by "
                    + "the systemd unit, or name another 'state-dir' in global"
            case .system(let error):
                return "\(error)"
            }
        }
    }

    /// The lock that this process took before it replaced its program.
    package init(adopting raw: Int32) { descriptor = OwnedDescriptor(adopting: raw) }

    /// Takes the lock in `directory`, which is made if it is missing, and notes the own pid in it.
    package init(directory: String) throws(Failure) {
        let path = directory + "/lock"
        let file = OwnedDescriptor(adopting: try Self.open(path, in: directory))
        if hb_lock_exclusive(file.raw) != 0 {
            throw .held(pid: Int32(StateDirectory.read(path) ?? ""), path: path)
        }
        let pid = Array("\(getpid())".utf8)
        _ = ftruncate(file.raw, 0)
        _ = unsafe pwrite(file.raw, pid, pid.count, 0)
        descriptor = file
    }

    private static func open(_ path: String, in directory: String) throws(Failure) -> Int32 {
        do {
            try StateDirectory.make(directory)
            return try SystemCall.run("open", path) {
                unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
            }
        } catch {
            throw .system(error)
        }
    }
}
