internal import Primitives

/// How long a daemon that died waits for its next life: at once after a first accident, longer and
/// longer in a crash loop.
package struct RestartPolicy: Equatable, Sendable {
    static let shortest: Duration = .milliseconds(100)
    static let longest: Duration = .seconds(10)
    /// A life of this length clears the record.
    static let goodLife: Duration = .seconds(60)

    package private(set) var consecutiveDeaths = 0

    package init() {}

    /// - Parameter lifetime: how long the daemon that has just died had lived.
    package mutating func delay(afterLifeOf lifetime: Duration) -> Duration {
        if lifetime >= Self.goodLife { consecutiveDeaths = 0 }
        consecutiveDeaths += 1
        let doublings = min(consecutiveDeaths - 1, 20)
        return min(Self.shortest * (1 << doublings), Self.longest)
    }
}
