internal import CLinux
internal import Configuration
internal import ControlPlane
internal import Diagnosis
internal import Glibc
internal import LinuxIO
internal import Primitives
internal import Synchronization
internal import VIPKernel
internal import VIPManager

/// What the daemon may do; where none runs, what this process may.
enum Rights {
    /// CAP_IPC_LOCK of linux/capability.h.
    private static let lockMemory: UInt64 = 14

    static func collect(
        _ local: LocalDaemon,
        _ pair: Configuration.PairSettings
    ) -> RightsFact? {
        let process = local.pid.map { "/proc/\($0)" } ?? "/proc/self"
        guard let status = FileContent.text(process + "/status"),
            let capabilities = capabilities(status)
        else { return nil }
        let limits = FileContent.text(process + "/limits") ?? ""
        let mayLock =
            capabilities >> lockMemory & 1 == 1 || isUnlimited("Max locked memory", limits)
        if let pid = local.pid, let report = local.report {
            return RightsFact(
                who: "the daemon (pid \(pid))",
                isDaemon: true,
                capabilities: capabilities,
                isRealTimePermitted: heartIsRealTime(process),
                mayLockMemory: mayLock,
                fence: fence(report)
            )
        }
        return RightsFact(
            who: "this command",
            isDaemon: false,
            capabilities: capabilities,
            isRealTimePermitted: tryRealTime(),
            mayLockMemory: mayLock,
            fence: tryFence(pair)
        )
    }

    private static func capabilities(_ status: String) -> UInt64? {
        status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
            .flatMap { UInt64($0.dropFirst(7).drop(while: \.isWhitespace), radix: 16) }
    }

    /// The soft limit, whose column follows the name.
    private static func isUnlimited(_ name: String, _ limits: String) -> Bool {
        limits.split(separator: "\n").first { $0.hasPrefix(name) }?
            .dropFirst(name.count).split(separator: " ").first == "unlimited"
    }

    /// Policy 2, SCHED_RR, is field 41 of the thread's stat (proc(5)).
    private static func heartIsRealTime(_ process: String) -> Bool {
        for task in HostDirectory.paths(in: process + "/task") {
            guard FileContent.text(task + "/comm")?.trimmed == "heart",
                let stat = FileContent.text(task + "/stat"), let end = stat.lastIndex(of: ")")
            else { continue }
            let fields = stat[stat.index(after: end)...].split(separator: " ")
            return fields.count > 38 && fields[38] == "2"
        }
        return false
    }

    private static func fence(_ report: StatusReport) -> RightsFact.Fence {
        let own = report.pair?.nodes.first { $0.isThisNode }
        switch own?.fence?.kind {
        case .deadline?: return .works
        case .addressLifetime?, .none?: return .refused(own?.fence?.fault ?? "no reason given")
        case nil: return .notTried("the daemon does not say")
        }
    }

    /// On a thread of its own, which ends with it.
    private static func tryRealTime() -> Bool {
        onThread { () -> Bool in
            var parameters = sched_param(sched_priority: 1)
            return unsafe pthread_setschedparam(pthread_self(), SCHED_RR, &parameters) == 0
        } ?? false
    }

    /// Loads and tries the programs, and attaches them in a network namespace that nobody else
    /// sees and that goes with the thread.
    private static func tryFence(_ pair: Configuration.PairSettings) -> RightsFact.Fence {
        let addresses = pair.virtualAddresses.map {
            VIPManager.VirtualAddress($0.address, interface: "lo")
        }
        let outcome = onThread { () -> RightsFact.Fence in
            do throws(SystemError) {
                let driver = try FenceDriver(addresses: addresses, deadline: try FenceDeadline())
                guard hb_new_network_namespace() == 0 else {
                    let why = SystemError.last("unshare").reason
                    return .notTried("no network namespace to try it in: \(why)")
                }
                try driver.attachToAll()
                return .works
            } catch {
                return .refused("\(error)")
            }
        }
        return outcome ?? .notTried("no thread could be started")
    }

    private static func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) -> Value? {
        let box = Box<Value>()
        do {
            try Thread.start(name: "doctor") { box.put(body()) }.join()
        } catch {
            return nil
        }
        return box.take()
    }

    private final class Box<Value: Sendable>: Sendable {
        private let value = Mutex<Value?>(nil)

        func put(_ value: Value) { self.value.withLock { $0 = value } }
        func take() -> Value? { value.withLock { $0 } }
    }
}
