internal import ControlPlane
internal import Daemon
internal import Diagnosis
internal import Glibc
internal import Heart
internal import LinuxIO
internal import PairControl
internal import Primitives

/// The daemon of this node, as far as it answers.
struct LocalDaemon {
    let report: StatusReport?
    /// Its process, where it answers.
    let pid: Int32?
    private let trouble: String?

    /// Asks it.
    init(socket: String, stateDirectory: String) {
        let client = RuntimeAPIClient(path: socket)
        var answer: (StatusReport, Int32?)?
        var reason: String?
        do {
            let report = try StatusReport(json: try client.request(["show", "pair", "json"]))
            answer = (report, Self.pid(in: try client.request(["show", "info"])))
        } catch RuntimeAPIClientError.noDaemon {
            let holder = InstanceHolder.pid(of: stateDirectory)
            reason = holder.map {
                "process \($0) runs on this node, and nobody answers at \(socket)"
            }
        } catch {
            reason = "\(error)"
        }
        report = answer?.0
        pid = answer?.1
        trouble = reason
    }

    private static func pid(in info: String) -> Int32? {
        info.split(separator: "\n").first { $0.hasPrefix("Pid: ") }
            .flatMap { Int32($0.dropFirst(5)) }
    }

    func fact(digest: UInt64) -> Facts.Daemon {
        if let report {
            let own = report.pair?.nodes.first { $0.isThisNode }
            return .running(
                role: own?.role.map(\.rawValue),
                isCurrent: report.configuration.digest == NodeCheck.shortDigest(digest)
            )
        }
        return trouble.map { .silent($0) } ?? .absent
    }

    /// What it knows of the rails and of the other node.
    func rails(_ report: StatusReport, _ settings: HeartSettings) -> ([RailFact], PeerFact) {
        var peer = PeerFact()
        let status = report.pair?.nodes.first { !$0.isThisNode }
        if status?.isHeard == true {
            peer.role = status?.role?.rawValue
            peer.hasSameConfiguration = status?.hasSameConfiguration
            peer.serversAreUsable = status.map { node in
                !node.notReadyBecause.contains { $0.contains("server") }
            }
        }
        peer.isHolder = report.pair?.holder == settings.pair.peer.name
        let rails = (report.pair?.rails ?? []).map { rail in
            let name =
                rail.kind == .ethernet
                ? "ethernet on \(rail.localAddress)"
                : "\(rail.localAddress) -> \(rail.peerAddress)"
            var fact = RailFact(name)
            fact.fault = rail.fault
            fact.isHeard = rail.isHeard
            fact.isHeardByPeer = rail.isHeardByPeer
            fact.lossPercent = rail.lossPercent
            fact.roundTripMilliseconds = rail.roundTrip?.averageMilliseconds
            for (reason, count) in rail.drops where reason != "unproven-boot" {
                fact.drops[reason] = Int(clamping: count)
            }
            return fact
        }
        return (rails, peer)
    }
}
