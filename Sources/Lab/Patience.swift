internal import Glibc
internal import LinuxIO
internal import Primitives

/// Waiting for something that no descriptor tells.
package enum Patience {
    /// Asks every 2 ms until the answer is yes.
    /// - Returns: `false` when it was not yes within the time.
    package static func wait(_ timeout: Duration, until isTrue: () throws -> Bool) rethrows -> Bool
    {
        let deadline = Instant.now + timeout
        while true {
            if try isTrue() { return true }
            guard Instant.now < deadline else { return false }
            pause(.milliseconds(2))
        }
    }

    /// Blocks the calling thread.
    package static func pause(_ duration: Duration) {
        let nanoseconds = max(0, duration.nanoseconds)
        var rest = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000),
            tv_nsec: Int(nanoseconds % 1_000_000_000)
        )
        var wanted = rest
        // A signal leaves the rest to be slept.
        while unsafe nanosleep(&wanted, &rest) == -1 { wanted = rest }
    }
}
