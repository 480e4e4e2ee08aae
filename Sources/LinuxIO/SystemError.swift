internal import CLinux
internal import Glibc

/// A system call that failed: which one, on what, and the kernel's reason.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The name of the system call, as in section 2 of the manual.
    package let call: String
    /// What it was called for, as the operator would name it: a path, an address, an interface.
    package let subject: String
    package let errno: Int32

    package init(_ call: String, _ subject: String = "", errno: Int32) {
        self.call = call
        self.subject = subject
        self.errno = errno
    }

    /// For the call that just failed on this thread: nothing may run between the two.
    package static func last(_ call: String, _ subject: String = "") -> SystemError {
        SystemError(call, subject, errno: hb_errno())
    }

    /// The kernel's words for it, such as `Address already in use`.
    package var reason: String { unsafe String(cString: strerror(errno)) }

    package var description: String {
        subject.isEmpty ? "\(call): \(reason)" : "\(call) \(subject): \(reason)"
    }
}
