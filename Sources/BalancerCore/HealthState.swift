/// The health of a checked server: HAProxy's counter in 0...rise+fall-1 (`up` from `rise` on), with
/// one difference. A server that was never checked is down until its first check passes, and that
/// one pass brings it up with full health; HAProxy believes it at first and sends it traffic.
package struct HealthState: Sendable, Equatable {
    /// What one check changed.
    package enum Change: Sendable, Equatable {
        /// The counter was at its end already.
        case none
        /// The counter moved, the verdict did not.
        case counted
        case wentUp
        case wentDown
        /// The first check of all failed: the server stays down, which is now a finding.
        case foundDown
    }

    package private(set) var rise: Int
    package private(set) var fall: Int
    package private(set) var counter = 0
    /// Whether any check has ended since the server was added, changed its address or left
    /// maintenance.
    package private(set) var wasChecked = false

    package init(rise: Int, fall: Int) {
        precondition(rise >= 1 && fall >= 1, "rise and fall count from 1")
        self.rise = rise
        self.fall = fall
    }

    package var isUp: Bool { counter >= rise }
    package var isFull: Bool { counter == full }
    private var full: Int { rise + fall - 1 }

    /// As if checks had found it.
    package mutating func set(isUp: Bool) {
        wasChecked = true
        counter = isUp ? full : 0
    }

    /// So many failed checks, at the most, bring it down from here.
    mutating func limitFailures(to number: Int) { counter = min(counter, rise + number - 1) }

    package mutating func record(isPass: Bool) -> Change {
        defer { wasChecked = true }
        guard wasChecked else {
            counter = isPass ? full : 0
            return isPass ? .wentUp : .foundDown
        }
        return isPass ? recordPass() : recordFailure()
    }

    private mutating func recordPass() -> Change {
        guard !isFull else { return .none }
        let wasUp = isUp
        counter += 1
        if isUp { counter = full }
        return isUp && !wasUp ? .wentUp : .counted
    }

    private mutating func recordFailure() -> Change {
        guard counter > 0 else { return .none }
        let wasUp = isUp
        counter -= 1
        if !isUp { counter = 0 }
        return wasUp && !isUp ? .wentDown : .counted
    }

    /// `rise` and `fall` of a reload: the verdict stays, the doubt does not carry over.
    package mutating func reconfigure(rise: Int, fall: Int) {
        guard rise != self.rise || fall != self.fall else { return }
        let wasUp = isUp
        self.rise = rise
        self.fall = fall
        counter = wasUp ? full : 0
    }

    /// The pause before the next check.
    package func delay(_ check: CheckDefinition) -> Duration {
        if isFull { return check.interval }
        if counter == 0 { return check.downInterval ?? check.interval }
        return check.fastInterval ?? check.interval
    }
}
