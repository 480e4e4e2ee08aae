package import Primitives

/// What `show stat` counts of one server; sums of the same type serve the backend.
package struct ServerCounters: Sendable, Equatable {
    /// Sessions at this moment (`scur`), and the most there ever were (`smax`).
    package internal(set) var current = 0
    package internal(set) var maximum = 0
    /// The most that ever waited (`qmax`).
    package internal(set) var queuedMaximum = 0
    /// Sessions that were given to the server (`stot`), and by the balancing algorithm (`lbtot`).
    package internal(set) var total: UInt64 = 0
    package internal(set) var selected: UInt64 = 0
    /// Sessions closed because no connect succeeded (`econ`).
    package internal(set) var connectErrors: UInt64 = 0
    /// Connects that were begun (`connect`).
    package internal(set) var connects: UInt64 = 0
    /// Connects tried again on the same server (`wretr`).
    package internal(set) var retries: UInt64 = 0
    /// Sessions that went on to another server (`wredis`).
    package internal(set) var redispatches: UInt64 = 0
    /// From and to the clients (`bin`, `bout`), of finished sessions.
    package internal(set) var bytesToServer: UInt64 = 0
    package internal(set) var bytesToClient: UInt64 = 0
    /// Failed checks while the server was not yet fully down (`chkfail`).
    package internal(set) var failedChecks: UInt64 = 0
    /// How often connects of sessions counted against its health (`hanafail`).
    package internal(set) var observedFailures: UInt64 = 0
    /// Transitions from up to down (`chkdown`).
    package internal(set) var downTransitions: UInt64 = 0
    package private(set) var times = SessionTimes()
    package private(set) var busiestSecond = BusiestSecond()
    /// When the last session was given to it (`lastsess`).
    package internal(set) var lastAssigned: Instant?

    /// Nothing was counted yet.
    package init() {}

    /// - Parameters:
    ///   - isNew: it was not redispatched
    ///   - isSelected: by the algorithm, and not by a stick table
    ///   - hasWaited: it was counted when it began to wait
    mutating func assigned(
        isNew: Bool,
        isSelected: Bool,
        hasWaited: Bool = false,
        now: Instant
    ) {
        current += 1
        connects += 1
        if isSelected { selected += 1 }
        lastAssigned = now
        // A redispatched session is for a moment with two servers of the backend.
        guard isNew else { return }
        maximum = max(maximum, current)
        busiestSecond.count(at: now)
        if !hasWaited { total += 1 }
    }

    /// Forgets the highest values, or all but what is now.
    mutating func clear(all: Bool) {
        if all {
            let current = current
            self = ServerCounters()
            self.current = current
        } else {
            maximum = 0
            queuedMaximum = 0
            busiestSecond.forget()
        }
    }

    mutating func sawQueue(of number: Int) {
        queuedMaximum = max(queuedMaximum, number)
    }

    /// - Parameter times: those of a session that reached the server
    mutating func finished(
        bytesToServer: UInt64,
        bytesToClient: UInt64,
        times sample: SessionTimes.Sample?
    ) {
        precondition(current > 0, "a session was finished twice")
        current -= 1
        self.bytesToServer &+= bytesToServer
        self.bytesToClient &+= bytesToClient
        if let sample { times.add(sample) }
    }

    mutating func connectFailed(_ step: ConnectFailureStep) {
        switch step {
        case .retry:
            retries += 1
            connects += 1
        case .redispatch: redispatches += 1
        case .giveUp: connectErrors += 1
        }
    }
}
