internal import LinuxIO
package import Primitives

/// Measures how long new connections fail: a client that starts one every 2 ms, overlapping. One
/// succeeds when it has read the greeting of a MySQL server within 250 ms of its start.
///
/// It runs from `init` until `stop`, or until its owner lets go of it.
package final class OutageMeter: Sendable {
    /// From one start to the next.
    package static let interval = Duration.milliseconds(2)
    /// An attempt that has no greeting by then has failed. Time in which the meter itself did not
    /// run is not counted; see `OutageLog.longestStall`.
    package static let patience = Duration.milliseconds(250)

    private let log: SharedOutageLog
    private let service: Service

    /// - Parameters:
    ///   - host: where the client lives; `nil` for the machine's own network.
    ///   - endpoint: whom it connects to, such as 10.0.0.100:3306.
    package init(from host: LabHost?, to endpoint: Endpoint) throws {
        let log = SharedOutageLog()
        self.log = log
        service = try Service(name: "hb-meter", on: host) { control in
            do {
                var loop = OutageMeterLoop(endpoint)
                try loop.run(control, log)
            } catch {
                LabLog.write("outage meter: \(error)")
            }
        }
    }

    /// What is known so far; attempts of the last 250 ms may be missing.
    package var report: OutageLog { log.snapshot }

    /// Starts no further attempts, waits for those that are under way, and returns the final
    /// report.
    @discardableResult
    package func stop() -> OutageLog {
        service.stop()
        return report
    }

    /// Waits until no outage is going on and `count` attempts have been finished since the call.
    /// - Returns: `false` when that took longer than `timeout`.
    package func waitForRecovery(after count: Int = 150, timeout: Duration) -> Bool {
        let first = report.attempts
        return Patience.wait(timeout) {
            let report = self.report
            return report.ongoingSince == nil && report.attempts >= first + count
        }
    }
}
