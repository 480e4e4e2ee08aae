package import Primitives

/// How long a holder's traffic may pass: the other half of the rule that `FailureDetector` is.
///
/// The kernel of the holder lets traffic of the virtual addresses through only until a deadline on
/// its own monotonic clock. For each beat, in this order:
/// 1. drain the heartbeat sockets;
/// 2. t0 = now; if t0 is not before the deadline, the node *was fenced*: it steps down and never
///    prolongs;
/// 3. send the beat;
/// 4. let the kernel put t0 + `duration` in the place of a deadline that it has not reached.
///
/// A process that is stopped between 2 and 4 for long can only offer a time that is already past.
/// One that comes to 2 late, just before the deadline, and is stopped again for a moment, would
/// offer a time to come: therefore 4 looks at the clock once more, in the kernel, in one step with
/// the store. The
/// peer acts no sooner than dead-after from the last beat it heard, and that beat left at most one
/// beat before the last one sent; so the fence is closed when the peer acts. What this assumes: of
/// the beats before the silence no more than one was lost. Where more are lost the probe on the
/// segment finds the open fence.
///
/// docs/model/pair.pml has this rule and the takeover's in Promela, with all that is assumed, and
/// is checked exhaustively: who changes a rule here changes it there.
///
/// With an arbiter no beat is paid for that was not acknowledged (`Node.mayHold`). What the peer
/// acknowledges is up to two beats old, so L has to leave three for it.
package struct FenceLease: Equatable, Sendable {
    private let deadAfter: Duration
    /// L: dead-after without one beat, or without three.
    package let duration: Duration

    /// - Parameters:
    ///   - interval: between two beats.
    ///   - deadAfter: the silence after which the peer acts; longer than what L is less.
    package init(interval: Duration, deadAfter: Duration, hasArbiter: Bool = false) {
        let margin = hasArbiter ? interval * 3 : interval
        precondition(deadAfter > margin, "a lease that ends before it is renewed")
        self.deadAfter = deadAfter
        duration = deadAfter - margin
    }

    /// How old an acknowledgement, or what was won at the arbiter, may be at t0.
    package var patience: Duration { deadAfter - duration }

    /// - Parameter t0: read before the beat left.
    package func end(forBeatAt t0: Instant) -> Instant { t0 + duration }

    /// For a fence that is being opened. There is no deadline yet that a stop since t0 could have
    /// passed, and the beat of t0 may be lost: it stays open for no longer than a peer waits that
    /// heard only the beat before.
    /// - Parameter previous: the t0 of the beat before; `nil` if there was none.
    package func end(opening t0: Instant, previous: Instant?) -> Instant {
        let end = end(forBeatAt: t0)
        return previous.map { min(end, $0 + deadAfter) } ?? end
    }

    /// What a beat says of it. One beat more than `duration`: the next one may be lost.
    package var outlives: Duration { deadAfter }
}

extension FenceKind {
    /// Once expired, the kernel removes an address within a second of the time that it was given
    /// in whole seconds.
    package static let lifetimeOfAddress: Duration = .seconds(2)
    private static let addressLateness: Duration = .seconds(1)

    /// How long a fence of this kind can stay open after a beat.
    package func outlives(_ lease: FenceLease) -> Duration {
        switch self {
        case .none: .zero
        case .addressLifetime:
            Self.lifetimeOfAddress + Self.addressLateness + (lease.outlives - lease.duration)
        case .deadline: lease.outlives
        }
    }
}
