/// Whether something that is tracked is well: so many failures in a row make it fail, so many
/// successes make it well again; the first result counts at once.
package struct TrackHealth: Equatable, Sendable {
    private let fall: Int
    private let rise: Int
    /// Why it has failed: what the last failure said. `nil` while it is well, or not known yet.
    package private(set) var fault: String?
    private var isKnown = false
    /// Results in a row that contradict what it is taken for.
    private var contrary = 0

    /// - Parameters:
    ///   - fall: 1 or more
    ///   - rise: 1 or more
    package init(fall: Int, rise: Int) {
        precondition(fall > 0 && rise > 0, "a change after no result at all")
        self.fall = fall
        self.rise = rise
    }

    /// - Parameter failure: of one try; `nil` for a success
    package mutating func take(_ failure: String?) {
        let contradicts = (failure == nil) != (fault == nil)
        contrary = contradicts ? contrary + 1 : 0
        if contradicts, isKnown, contrary < (failure == nil ? rise : fall) { return }
        isKnown = true
        contrary = 0
        fault = failure
    }
}
