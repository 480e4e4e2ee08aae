/// One heartbeat path: an address of this node and one of the peer.
package struct RailStatus: Codable, Sendable, Equatable {
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

    package var localAddress: String
    package var peerAddress: String
    /// Beats of the peer that did not arrive in the last window, 0...100; nil without a window.
    package var lossPercent: Double?
    package var roundTrip: RoundTrip?
    /// Whether the peer says that it hears this node here; nil while nothing is heard of it.
    package var isHeardByPeer: Bool?
    /// Whether beats arrive here now.
    package var isHeard: Bool
    package var lastHeardMillisecondsAgo: Int64?
    /// Datagrams refused since the start, by the name of the reason.
    package var drops: [String: UInt64]

    package init(
        localAddress: String,
        peerAddress: String,
        lossPercent: Double? = nil,
        roundTrip: RoundTrip? = nil,
        isHeardByPeer: Bool? = nil,
        isHeard: Bool,
        lastHeardMillisecondsAgo: Int64? = nil,
        drops: [String: UInt64] = [:]
    ) {
        self.localAddress = localAddress
        self.peerAddress = peerAddress
        self.lossPercent = lossPercent
        self.roundTrip = roundTrip
        self.isHeardByPeer = isHeardByPeer
        self.isHeard = isHeard
        self.lastHeardMillisecondsAgo = lastHeardMillisecondsAgo
        self.drops = drops
    }
}
