import Lab
import LinuxIO
import Primitives

extension Scene {
    /// What new connections go through when something happens, until they are served again.
    func outages(when event: () throws -> Void) throws -> OutageLog {
        let meter = try OutageMeter(from: client, to: service)
        Patience.pause(.milliseconds(100))
        try event()
        guard meter.waitForRecovery(timeout: .seconds(10)) else {
            throw LabError("no recovery: \(meter.stop())")
        }
        return meter.stop()
    }
}

extension OutageLog {
    /// From the first failure to the last recovery.
    var span: Duration {
        guard let first = outages.first, let last = outages.last else { return .zero }
        return last.end - first.start
    }
}

extension [Duration] {
    /// Prints the figures of an event that was repeated, for the records.
    func report(_ event: String) {
        let sorted = sorted()
        let three = [sorted[0], sorted[sorted.count / 2], sorted[sorted.count - 1]]
        let text = three.map { "\($0.milliseconds)" }.joined(separator: "/")
        print("outage \(event): min/median/max \(text) ms, \(sorted.count) times")
    }
}
