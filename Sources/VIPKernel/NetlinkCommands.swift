internal import CLibmnl
internal import Glibc
package import LinuxIO
internal import Primitives
package import VIPManager

/// Changes the kernel's address table, one request after the other.
///
/// rtnetlink carries a request out inside the call that sends it, and its answer is there when the
/// call returns; nothing is waited for. For one thread.
package struct NetlinkCommands: ~Copyable {
    /// Answers to earlier requests that may lie in the queue, before one counts as unanswered.
    private static let datagramLimit = 16

    private let socket: NetlinkSocket
    private let tag: UInt8
    private var sequence: UInt32 = 0

    /// - Parameter tag: `IFA_PROTO` of what is added.
    package init(tag: UInt8) throws(SystemError) {
        socket = try NetlinkSocket(groups: 0)
        self.tag = tag
    }

    /// - Parameter lifetime: in seconds, of an address that is added.
    package mutating func execute(
        _ operation: AddressOperation,
        lifetime: UInt32? = nil
    ) -> AddressOperationResult {
        sequence &+= 1
        let request = NetlinkRequest.address(
            operation,
            tag: tag,
            sequence: sequence,
            lifetime: lifetime
        )
        if let error = socket.send(request) { return Self.result(errno: error, operation) }
        for _ in 0..<Self.datagramLimit {
            switch socket.receive() {
            case .nothing, .lost: return .unanswered
            case .datagram(let bytes):
                for message in NetlinkMessage.parse(bytes)
                where message.sequence == sequence && message.portID == socket.portID {
                    guard case .answer(let errno) = message.body else { continue }
                    return Self.result(errno: errno, operation)
                }
            }
        }
        return .unanswered
    }

    private static func result(
        errno: Int32,
        _ operation: AddressOperation
    ) -> AddressOperationResult {
        switch errno {
        case 0: .done
        case EADDRNOTAVAIL where operation.action == .remove: .absent
        case ENODEV: .interfaceGone
        case EPERM: .permissionDenied
        case EACCES where !operation.key.address.isV4: .ipv6Disabled
        default: .refused(errno: errno)
        }
    }
}
