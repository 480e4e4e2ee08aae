internal import LinuxIO
internal import Synchronization
internal import VIPKernel

/// A thread of the guardian that waits for one thing: the death of the heart. It closes the fence
/// and tells the peer at once, while the kernel is still closing the daemon's sockets.
final class Vigil: Sendable {
    private let page: WillPage
    private let thread: Mutex<Thread?>
    /// What could not be done, once the first part of the will was carried out.
    private let outcome: Outcome

    private final class Outcome: Sendable {
        let complaints = Mutex<[String]?>(nil)
    }

    /// - Parameter fence: `nil`: there is nothing to be done before the daemon has ended.
    init(over page: WillPage, fence: FenceDeadline?) throws(SystemError) {
        let outcome = Outcome()
        self.page = page
        self.outcome = outcome
        thread = Mutex(
            try Thread.start(name: "vigil") {
                _ = RealTime.enter()
                guard page.keepVigil(), let fence else { return }
                let complaints = page.read().executeFirstPart(closing: fence)
                outcome.complaints.withLock { $0 = complaints }
            }
        )
    }

    /// To be called when the daemon has ended, once.
    /// - Returns: what could not be done; `nil` where nothing was done, and all is left to do
    func end() -> [String]? {
        page.cancelVigil()
        thread.withLock { $0.take() }?.join()
        return outcome.complaints.withLock { $0 }
    }
}
