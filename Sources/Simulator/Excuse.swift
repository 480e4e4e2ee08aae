/// Why two kernels may pass traffic for the virtual IP at one instant. Each names what really
/// happened in the world while the later holder heard nothing; none is granted for less.
package enum Excuse: String, CaseIterable, Sendable {
    /// Beats of the earlier holder were lost, damaged or held up.
    case beatsLost
    /// The daemon of the earlier holder was stopped, or waited for its kernel.
    case daemonStopped
    /// The two hosts could not reach each other on the segment of the virtual IP when the later
    /// holder asked.
    case segmentCut
    /// The whole host of the earlier holder stood still.
    case hostStopped
    /// The earlier holder holds alone, since the later one had left, and could not tell the
    /// arbiter.
    case arbiterLost
    /// The daemon of the earlier holder is dead, and no guardian has removed its address yet.
    case orphanedAddress

    /// Whether the protocol, with these defences, has to leave it at that.
    func isGranted(with protections: Protections) -> Bool {
        switch self {
        case .beatsLost: !protections.probe
        case .daemonStopped, .orphanedAddress: !protections.fence
        // There is nobody else to ask.
        case .segmentCut: !protections.arbiter
        // Two faults, one after the other.
        case .arbiterLost: true
        // Its clock stands still too: no lease runs out on it.
        case .hostStopped: true
        }
    }
}

/// The rules that are looked at after every step.
package enum Rule: String, CaseIterable, Sendable {
    /// Invariant 1: one holder, but for the excuses.
    case oneHolder = "one holder"
    /// Invariant 1: a double holding ends once the two hear each other.
    case doubleEnds = "a double holding ends"
    /// Invariant 2.
    case someoneActive = "someone is active"
    /// Invariant 3.
    case announced = "every activation is announced"
    case survivorAnnounces = "the survivor announces again"
    case clientKnows = "the client finds the holder"
    /// Invariant 4.
    case readyHolder = "an unready holder gives way"
    /// Invariant 5.
    case orderEnds = "every order ends, once"
    case orderTrue = "an outcome is true"
    case epochRises = "epochs rise"
    case epochUnique = "no epoch is used twice"
    /// Nobody is declared dead before dead-after, nor without a boot hold.
    case patience = "no verdict before its time"
    /// A daemon that always has something to do right now does nothing else.
    case noSpin = "no busy loop"
    /// Takeover 3.
    case isolation = "who is cut off lets go"
}

/// What was broken, and when.
package struct Violation: Sendable, Equatable {
    package var rule: Rule
    package var text: String
}
