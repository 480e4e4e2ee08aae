internal import Primitives

/// How long a daemon that died waits for its next life: at once after a first accident, longer and
/// longer after each further one, and in a crash loop until somebody has seen to it.
package struct RestartPolicy: Equatable, Sendable {
    /// A life of this length clears the record.
    static let goodLife: Duration = .seconds(60)
    /// So many deaths in a row are a crash loop: the node is in fault.
    package static let loop = 8
    /// In fault nobody may come for long, and the other node may have died too: it is tried now and
    /// then.
    package static let faultPause: Duration = .seconds(300)

    private let shortest: Duration
    package private(set) var consecutiveDeaths = 0

    /// - Parameter shortest: the pause after a first death; each further one doubles it
    package init(shortest: Duration = .milliseconds(100)) { self.shortest = shortest }

    package var isInFault: Bool { consecutiveDeaths >= Self.loop }

    /// - Parameter lifetime: how long the daemon that has just died had lived.
    package mutating func delay(afterLifeOf lifetime: Duration) -> Duration {
        if lifetime >= Self.goodLife { consecutiveDeaths = 0 }
        consecutiveDeaths = min(consecutiveDeaths + 1, Self.loop)
        return isInFault ? Self.faultPause : shortest * (1 << (consecutiveDeaths - 1))
    }

    /// Somebody has asked for another try.
    mutating func forgive() { consecutiveDeaths = 0 }
}
