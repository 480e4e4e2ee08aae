/// One heartbeat path: an address of this node and one of the peer, or an interface and the peer's
/// hardware address on its segment.
package struct RailStatus: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        case udp, ethernet
    }

    /// Round trips over the last window.
    package struct RoundTrip: Codable, Sendable, Equatable {
        package var minimumMilliseconds: Double
        package var averageMilliseconds: Double
        package var maximumMilliseconds: Double

        package init(
            minimumMilliseconds: Double,
            averageMilliseconds: Double,
            maximumMilliseconds: Double
        ) {
            self.minimumMilliseconds = minimumMilliseconds
            self.averageMilliseconds = averageMilliseconds
            self.maximumMilliseconds = maximumMilliseconds
        }
    }

    package var kind: Kind
    package var localAddress: String
    /// `all` on an Ethernet rail while the peer's hardware address is not known.
    package var peerAddress: String
    /// Beats of the peer that did not arrive in the last window, 0...100; nil without a window.
    package var lossPercent: Double?
    package var roundTrip: RoundTrip?
    /// Whether the peer says that it hears this node here; nil while nothing is heard of it.
    package var isHeardByPeer: Bool?
    /// Whether beats arrive here now.
    package var isHeard: Bool
    package var lastHeardMillisecondsAgo: Int64?
    /// Datagrams refused here since the start, by the name of the reason.
    package var drops: [String: UInt64]
    /// Beats that this node's kernel refused to send, and vain attempts to open the rail.
    package var failures: UInt64
    /// What is in the way on this side now.
    package var fault: String?

    package init(
        kind: Kind = .udp,
        localAddress: String,
        peerAddress: String,
        lossPercent: Double? = nil,
        roundTrip: RoundTrip? = nil,
        isHeardByPeer: Bool? = nil,
        isHeard: Bool,
        lastHeardMillisecondsAgo: Int64? = nil,
        drops: [String: UInt64] = [:],
        failures: UInt64 = 0,
        fault: String? = nil
    ) {
        self.kind = kind
        self.localAddress = localAddress
        self.peerAddress = peerAddress
        self.lossPercent = lossPercent
        self.roundTrip = roundTrip
        self.isHeardByPeer = isHeardByPeer
        self.isHeard = isHeard
        self.lastHeardMillisecondsAgo = lastHeardMillisecondsAgo
        self.drops = drops
        self.failures = failures
        self.fault = fault
    }
}
