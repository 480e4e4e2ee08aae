package import Primitives

/// `balance leastconn`: the server with the fewest sessions for its weight, and turns among equals.
///
/// HAProxy's key (`fwlc_srv_reposition` of its lb_fwlc.c): 0 for an idle server, so that none stays
/// idle beside busy ones whatever the weights, else (sessions + 1) / weight. Of equal keys the one
/// that has had its key for the longest time comes first.
///
/// A pick costs O(n), a change O(1): sessions change far more often than there are servers.
package struct LeastConnections: BalancePolicy {
    private struct Member {
        let slot: Int
        var weight: Int
        var key: Int
        /// Number of the change that gave it its key.
        var since: UInt64
    }

    /// Who takes part.
    private var members: [Member] = []
    /// Of every server, by slot.
    private var sessions: [Int] = []
    private var changes: UInt64 = 0

    /// Without servers.
    package init() {}

    /// See `BalancePolicy`.
    package mutating func setWeight(_ weight: Int, of slot: Int, rank: Int) {
        let index = members.firstIndex { $0.slot == slot }
        if let index {
            guard members[index].weight != weight else { return }
            members.remove(at: index)
        }
        guard weight > 0 else { return }
        changes += 1
        let key = Self.key(sessions: number(of: slot), weight: weight)
        members.append(Member(slot: slot, weight: weight, key: key, since: changes))
    }

    /// See `BalancePolicy`.
    package mutating func setSessions(_ number: Int, of slot: Int) {
        while sessions.count <= slot { sessions.append(0) }
        sessions[slot] = number
        guard let index = members.firstIndex(where: { $0.slot == slot }) else { return }
        let key = Self.key(sessions: number, weight: members[index].weight)
        guard key != members[index].key else { return }
        changes += 1
        members[index].key = key
        members[index].since = changes
    }

    /// See `BalancePolicy`.
    package mutating func pick(
        for client: IPAddress,
        where isAdmissible: (Int) -> Bool
    ) -> Int? {
        var best: Member?
        for member in members {
            if let best, (best.key, best.since) < (member.key, member.since) { continue }
            if isAdmissible(member.slot) { best = member }
        }
        return best?.slot
    }

    private func number(of slot: Int) -> Int { slot < sessions.count ? sessions[slot] : 0 }

    /// In parts of the largest weight, as HAProxy's (`SRV_EWGHT_MAX`): that decides what rounds to
    /// the same.
    private static func key(sessions: Int, weight: Int) -> Int {
        let scale = Weight.limit * 1000
        return sessions == 0 ? 0 : (sessions + 1) * scale / weight
    }
}
