internal import CLinux
internal import Glibc

/// A wake-up call between threads (`eventfd(2)`): readable from the first `signal` until `drain`.
package struct EventDescriptor: ~Copyable, Sendable {
    package let descriptor: OwnedDescriptor

    package init() throws(SystemError) {
        let raw = try SystemCall.run("eventfd") {
            eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        }
        descriptor = OwnedDescriptor(adopting: raw)
    }

    /// Makes it readable. Any thread; never blocks.
    package func signal() {
        // Fails only when 2^64 - 2 signals are pending; it is readable then all the same.
        _ = eventfd_write(descriptor.raw, 1)
    }

    /// How often it was signalled since the last drain. Never blocks.
    @discardableResult
    package func drain() -> UInt64 {
        var count: UInt64 = 0
        return unsafe eventfd_read(descriptor.raw, &count) == 0 ? count : 0
    }
}
