import CNetworkTestSupport
import Lab
import LinuxIO

/// One thread of a daemon that hangs while the others go on: stopped as a debugger would. Made,
/// used and let go of on one thread of the test.
final class StoppedThread {
    private let thread: Int32
    private var isHeld = true

    /// - Parameter name: as `ps -L` shows it: `heart`, `relay-0`
    init(_ name: String, of daemon: LabDaemon) throws {
        guard let pid = daemon.daemonPID else { throw LabError("no daemon") }
        let threads = try Command.check("ls", ["/proc/\(pid)/task"]).split(separator: "\n")
        let found = threads.first { thread in
            (try? TextFile.read("/proc/\(pid)/task/\(thread)/comm")) == name + "\n"
        }
        guard let found, let thread = Int32(found) else { throw LabError("no thread \(name)") }
        self.thread = thread
        try SystemCall.run("ptrace", name) { hbtest_stop_thread(thread) }
    }

    func goOn() {
        guard isHeld else { return }
        isHeld = false
        _ = hbtest_release_thread(thread)
    }

    /// Waits until somebody has killed it.
    func waitForDeath(timeout: Duration) -> Bool {
        guard Patience.wait(timeout, until: { hbtest_thread_has_died(thread) == 1 }) else {
            return false
        }
        isHeld = false
        return true
    }

    deinit { goOn() }
}
