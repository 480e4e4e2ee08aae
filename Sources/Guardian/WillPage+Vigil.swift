internal import CLinux
package import Primitives

/// How the guardian learns of the heart's death, and whether the heart still beats.
///
/// The heart's thread holds a robust mutex as long as it lives. The kernel passes it on when that
/// thread dies, however many sockets are still to be closed; a pidfd waits for the last of them.
extension WillPage {
    /// The heart's thread begins to be watched.
    /// - Returns: false where the C library refuses the mutex
    package func beginVigil(now: Instant) -> Bool {
        promise(by: now)
        return unsafe hb_vigil_hold(vigil) == 0
    }

    /// The heart's thread says by when it will say so again.
    package func promise(by due: Instant) { unsafe hb_vigil_promise(vigil, due.nanoseconds) }

    /// The heart's thread ends in order.
    package func endVigil() { unsafe hb_vigil_leave(vigil) }

    /// Waits until the heart has died or ended in order, or until nobody will come any more.
    /// - Returns: whether it died
    package func keepVigil() -> Bool { unsafe hb_vigil_keep(vigil) == 1 }

    /// Any thread of the guardian: the daemon has ended.
    package func cancelVigil() { unsafe hb_vigil_cancel(vigil) }

    /// What the heart has promised; `nil` while none is watched.
    package var promised: Instant? {
        let due = unsafe hb_vigil_promised(vigil)
        return due == 0 ? nil : Instant(nanoseconds: due)
    }
}
