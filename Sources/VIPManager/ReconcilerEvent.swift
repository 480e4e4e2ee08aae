/// A fact that the reconciler is told.
package enum ReconcilerEvent: Equatable, Sendable {
    /// The kernel's notification of a change.
    case changed(KernelChange)
    /// One entry of the dump that was asked for.
    case dumped(KernelChange)
    case dumpFinished
    /// A change came in between (`NLM_F_DUMP_INTR`): what was told may be inconsistent.
    case dumpInterrupted
    /// The kernel refused the dump.
    case dumpRefused
    /// The kernel dropped notifications (`ENOBUFS`).
    case notificationsLost
    case operationFinished(AddressOperation, AddressOperationResult)
    case announced(Announcement, frames: Int)
    case announcementFailed(Announcement, AnnouncementFault)
    /// `nextDeadline` has come.
    case tick
}

/// An order of the reconciler to its shell. They are carried out one after the other, and the
/// outcome of each (`operationFinished`, `announced`, …) is told before the next.
package enum ReconcilerDirective: Equatable, Sendable {
    case apply(AddressOperation)
    /// Read this table; a dump that is still running is superseded.
    case dump(KernelTable)
    case announce(Announcement)
    case report(VIPEvent)
}
