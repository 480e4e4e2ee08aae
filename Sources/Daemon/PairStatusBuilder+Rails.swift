internal import ControlPlane
internal import Heart
internal import Heartbeat
internal import PairControl
internal import Primitives

/// The paths between the nodes, and what travels on them beside beats.
extension PairStatusBuilder {
    /// What all rails have: the ends of their path.
    private var paths: [(kind: RailStatus.Kind, own: String, peer: String)] {
        let datagrams = settings.rails.map {
            (kind: RailStatus.Kind.udp, own: "\($0.own)", peer: "\($0.peer)")
        }
        let frames = settings.ethernetRails.enumerated().map { index, interface in
            let mac = snapshot.rails[settings.rails.count + index].peerMAC
            return (
                kind: RailStatus.Kind.ethernet, own: interface, peer: mac.map { "\($0)" } ?? "all"
            )
        }
        return datagrams + frames
    }

    var rails: [RailStatus] {
        zip(paths, node.tracker.rails).enumerated().map { index, pair in
            let (path, rail) = pair
            let age = rail.lastHeard.map { now - $0 }
            let isHeard = age.map { $0 < settings.pair.deadAfter } ?? false
            return RailStatus(
                kind: path.kind,
                localAddress: path.own,
                peerAddress: path.peer,
                lossPercent: rail.lastHeard == nil ? nil : Double(rail.lossPermille) / 10,
                roundTrip: Self.roundTrip(rail.roundTrip),
                isHeardByPeer: isHeard ? isHeardByPeer(rail) : nil,
                isHeard: isHeard,
                lastHeardMillisecondsAgo: age?.milliseconds,
                drops: Dictionary(
                    uniqueKeysWithValues: rail.drops.map { ($0.key.rawValue, $0.value) }
                ),
                failures: snapshot.rails[index].failures,
                fault: snapshot.rails[index].fault
            )
        }
    }

    func isHeardByPeer(_ rail: RailStatistics) -> Bool {
        rail.peerHeardAt.map { now - $0 < settings.pair.deadAfter } ?? false
    }

    /// The peer is heard, but not everywhere.
    var railAlarms: [String] {
        guard settings.pair.railCount > 1 else { return [] }
        let others = settings.pair.railCount == 2 ? "the other one works" : "another one works"
        return zip(paths, node.tracker.rails).compactMap { path, rail in
            guard rail.lastHeard.map({ now - $0 >= settings.pair.deadAfter }) ?? true else {
                return nil
            }
            return "rail \(path.own) - \(path.peer) is silent; \(others)"
        }
    }

    private static func roundTrip(_ trip: RoundTrip) -> RailStatus.RoundTrip? {
        guard let minimum = trip.minimum, let average = trip.average, let maximum = trip.maximum
        else { return nil }
        return RailStatus.RoundTrip(
            minimumMilliseconds: minimum.fractionalMilliseconds,
            averageMilliseconds: average.fractionalMilliseconds,
            maximumMilliseconds: maximum.fractionalMilliseconds
        )
    }

    func ledger(_ teller: SessionTeller.Snapshot) -> LedgerStatus {
        LedgerStatus(
            sessionsTold: teller.told,
            sessionsKnown: teller.known,
            isComplete: teller.isComplete,
            untold: teller.untold,
            drops: teller.drops,
            sticks: LedgerStatus.Sticks(
                told: teller.sticks.told,
                known: teller.sticks.known,
                isComplete: teller.sticks.isComplete,
                untold: teller.sticks.untold
            ),
            lastChallenge: teller.challenge.map {
                LedgerStatus.Challenge(
                    millisecondsAgo: (now - $0.at).milliseconds,
                    sessions: $0.sessions,
                    ends: $0.ends,
                    untellable: $0.untellable,
                    milliseconds: $0.duration?.fractionalMilliseconds
                )
            }
        )
    }
}
