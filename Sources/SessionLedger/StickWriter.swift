package import BalancerCore
package import Heartbeat
package import Primitives

/// What this node tells the other one of its stick tables, and when: changes at once, and all of it
/// again and again (`StickTable.Telling`), so that whatever is lost is told another time.
package struct StickWriter: Sendable {
    /// Datagrams of one turn, and the time to the next one: 400 a second, or 4.5 Mbit/s, however
    /// large the tables are and however often somebody asks.
    package static let burst = 4
    static let pause: Duration = .milliseconds(10)
    /// From one step of the walk to the next.
    static let step: Duration = .seconds(1)
    /// Pages taken at a time: of IPv4 addresses they fill a datagram.
    static let portion = 14

    /// To whom, and as who.
    package struct Audience: Equatable, Sendable {
        package var boot: UInt64
        package var epoch: UInt64

        /// `nil` where there is nobody to be told, or nothing that is worth it: the node that
        /// serves tells, and where none does, who has been there tells who has just started.
        package init?(own: Role, peer: Role, boot: UInt64, epoch: UInt64) {
            guard !peer.claimsVIP, peer != .stopping else { return nil }
            let hasBeenHere = own != .starting && own != .activating
            guard own == .active || (peer == .starting && hasBeenHere) else { return nil }
            self.boot = boot
            self.epoch = epoch
        }
    }

    private var audience: Audience?
    private var walksAt = Instant.zero
    private var sendsAt = Instant.zero
    /// Each fits into a datagram.
    private var parts: [StickExcerpt] = []
    /// Whose turn it was last.
    private var turn = 0
    /// More is due than one turn may have.
    package private(set) var isBehind = false
    /// Entries whose server or backend has a name that is too long, as often as they were due.
    package private(set) var untold: UInt64 = 0

    package init() {}

    package var isTelling: Bool { audience != nil }

    /// Whoever comes then may know nothing.
    package mutating func nobodyListens() { audience = nil }

    /// Whether a node takes over what it is told.
    package static func follows(own: Role) -> Bool { !own.claimsVIP }

    /// What is due now, `burst` at most.
    /// - Parameter backends: those with a stick table.
    package mutating func messages(
        to audience: Audience?,
        backends: [Backend],
        now: Instant
    ) -> [LedgerMessage] {
        if audience != self.audience {
            self.audience = audience
            parts = []
            walksAt = now + Self.step
            if audience != nil { for backend in backends { backend.tellStickTable() } }
        }
        guard let audience else {
            isBehind = false
            return []
        }
        if now >= walksAt {
            walksAt = now + Self.step
            for backend in backends { backend.walkStickTable() }
        }
        guard now >= sendsAt else { return [] }
        sendsAt = now + Self.pause
        isBehind = false
        var messages: [LedgerMessage] = []
        while messages.count < Self.burst {
            if parts.isEmpty { refill(backends, now: now) }
            guard !parts.isEmpty else { return messages }
            messages.append(.sticks(epoch: audience.epoch, parts.removeFirst()))
        }
        isBehind = true
        return messages
    }

    /// One portion of the next table that has anything due.
    private mutating func refill(_ backends: [Backend], now: Instant) {
        for _ in backends {
            turn = turn + 1 < backends.count ? turn + 1 : 0
            let excerpt = backends[turn].takeStickPages(limit: Self.portion, now: now)
            guard let excerpt else { continue }
            parts = LedgerCodec.parts(of: excerpt, untold: &untold)
            if !parts.isEmpty { return }
        }
    }
}
