internal import Glibc

/// A file descriptor with one owner, closed when the owner lets go of it.
package struct OwnedDescriptor: ~Copyable, Sendable {
    /// The number, for a system call made while the owner is alive. Never closed by the borrower.
    package let raw: Int32

    /// Takes over a descriptor that nobody else will close.
    package init(adopting raw: Int32) {
        precondition(raw >= 0, "adopted a descriptor that was never opened")
        self.raw = raw
    }

    deinit {
        // EINTR included, Linux has freed the number when close returns: no retry.
        _ = Glibc.close(raw)
    }

    /// Gives the number away without closing it.
    package consuming func release() -> Int32 {
        let number = raw
        discard self
        return number
    }
}
