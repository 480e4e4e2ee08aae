internal import Guardian
package import LinuxIO
package import Primitives

/// What must survive a restart: the highest epoch that may have been used, the operator's
/// "maintenance", and where the peer's interface is. Written by a thread of its own, because a disk
/// may take seconds.
package final class StateStore: Sendable {
    package enum Job: Sendable {
        case epoch(UInt64)
        case maintenance(Bool)
        case peer(MACAddress)
        case end
    }

    private let directory: String
    private let jobs: Mailbox<Job>

    package init(directory: String) throws(SystemError) {
        self.directory = directory
        jobs = try Mailbox(capacity: 64)
    }

    private var epochPath: String { directory + "/epoch" }
    private var maintenancePath: String { directory + "/maintenance" }

    private var peerPath: String { directory + "/peer" }

    /// `nil` when the peer was never heard.
    package func peerMAC() -> MACAddress? {
        StateDirectory.read(peerPath).flatMap { MACAddress($0) }
    }

    /// 0 when there is no file, or none that makes sense: the peer's word then counts.
    package func reservedEpoch() -> UInt64 {
        StateDirectory.read(epochPath).flatMap { UInt64($0) } ?? 0
    }

    package func isInMaintenance() -> Bool { StateDirectory.read(maintenancePath) != nil }

    /// Writes in the background; `written` and `failed` are called on that thread.
    package func start(
        written: @escaping @Sendable (Job) -> Void,
        failed: @escaping @Sendable (SystemError) -> Void
    ) throws(SystemError) -> Thread {
        try Thread.start(name: "state") { [self] in
            do throws(SystemError) {
                try jobs.serve { job in
                    if case .end = job { return false }
                    do throws(SystemError) {
                        try carryOut(job)
                        written(job)
                    } catch {
                        failed(error)
                    }
                    return true
                }
            } catch {
                failed(error)
            }
        }
    }

    package func give(_ job: Job) { jobs.put(job) }

    private func carryOut(_ job: Job) throws(SystemError) {
        switch job {
        case .epoch(let epoch): try StateDirectory.write("\(epoch)", to: epochPath)
        case .maintenance(true): try StateDirectory.write("on", to: maintenancePath)
        case .maintenance(false): try StateDirectory.remove(maintenancePath)
        case .peer(let mac): try StateDirectory.write("\(mac)", to: peerPath)
        case .end: break
        }
    }
}
