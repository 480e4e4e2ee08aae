internal import Heartbeat

/// Who of two should hold the virtual IP: rules that both nodes compute from the same numbers.
package enum Election {
    /// What decides between two nodes that both hold the virtual IP.
    package struct Claim: Equatable, Sendable {
        package var isReady: Bool
        package var sessions: UInt32
        package var activeMilliseconds: UInt64
        package var member: PairMember

        package init(
            isReady: Bool,
            sessions: UInt32,
            activeMilliseconds: UInt64,
            member: PairMember
        ) {
            self.isReady = isReady
            self.sessions = sessions
            self.activeMilliseconds = activeMilliseconds
            self.member = member
        }

        /// Ready, then more client sessions, then the older activation, then the rank.
        package func beats(_ other: Claim) -> Bool {
            if isReady != other.isReady { return isReady }
            if sessions != other.sessions { return sessions > other.sessions }
            if activeMilliseconds != other.activeMilliseconds {
                return activeMilliseconds > other.activeMilliseconds
            }
            return member.outranks(other.member)
        }
    }

    /// Whether `own` should take the virtual IP when neither holds it and both could.
    static func prefers(
        _ own: PairMember,
        _ ownFlags: ReadinessFlags,
        over peer: PairMember,
        _ peerFlags: ReadinessFlags
    ) -> Bool {
        let ownAble = ownFlags.isSuperset(of: .able)
        let peerAble = peerFlags.isSuperset(of: .able)
        if ownAble != peerAble { return ownAble }
        if ownFlags.contains(.servers) != peerFlags.contains(.servers) {
            return ownFlags.contains(.servers)
        }
        let ownFit = ownFlags.isSuperset(of: .fit)
        let peerFit = peerFlags.isSuperset(of: .fit)
        if ownFit != peerFit { return ownFit }
        return own.outranks(peer)
    }
}
