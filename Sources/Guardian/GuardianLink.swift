internal import CLinux
internal import Glibc
package import LinuxIO

/// The daemon's end of the line to its guardian, and what is said on it: one byte a message.
///
/// The line is also how each learns that the other has gone: it ends.
package final class GuardianLink: Sendable {
    package enum Message: UInt8, Sendable {
        /// Listeners are bound, the pair is running.
        case ready = 0x52  // R
        /// Sent each second while the daemon's parts move.
        case alive = 0x41  // A
    }

    /// The environment variables in which the guardian names the descriptors it handed over.
    package static let linkVariable = "HA_BALANCER_GUARDIAN_FD"
    package static let pageVariable = "HA_BALANCER_WILL_FD"
    /// The map of the fence; empty where the kernel refuses one.
    package static let fenceVariable = "HA_BALANCER_FENCE_FD"
    /// When the guardian started, in nanoseconds of the monotonic clock.
    package static let sinceVariable = "HA_BALANCER_GUARDED_SINCE"
    /// Why there is no daemon: the process is to say so on the control sockets, and no more.
    package static let faultVariable = "HA_BALANCER_FAULT"

    package let descriptor: OwnedDescriptor

    package init(adopting descriptor: consuming OwnedDescriptor) {
        self.descriptor = descriptor
    }

    /// Both ends of a new line: the guardian's and the daemon's.
    static func pair() throws(SystemError) -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        try SystemCall.run("socketpair") { unsafe socketpair(AF_UNIX, type, 0, &ends) }
        return (ends[0], ends[1])
    }

    /// Never waits; a guardian that does not read loses messages, not the daemon time.
    package func say(_ message: Message) {
        var byte = message.rawValue
        _ = unsafe send(
            descriptor.raw,
            &byte,
            1,
            Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
        )
    }

    /// What has arrived; `isOpen` is false once the other end is gone.
    static func read(from raw: Int32) -> (messages: [Message], isOpen: Bool) {
        var messages: [Message] = []
        var byte: UInt8 = 0
        while true {
            let count = unsafe recv(raw, &byte, 1, Int32(MSG_DONTWAIT))
            if count == 0 { return (messages, false) }
            if count < 0 { return (messages, hb_errno() == EAGAIN || hb_errno() == EINTR) }
            if let message = Message(rawValue: byte) { messages.append(message) }
        }
    }
}
