internal import CLibmnl
internal import Glibc
package import LinuxIO
package import VIPManager

/// The kernel's notifications of links and addresses, and the dumps of both tables in one stream,
/// so that a notification is never older than the dump entry before it. For one thread.
package struct NetlinkEvents: ~Copyable {
    private let socket: NetlinkSocket
    private var sequence: UInt32 = 0
    /// The sequence number of the dump that is running; entries of superseded dumps are dropped.
    private var dump: UInt32?
    private var isDumpInterrupted = false

    package init() throws(SystemError) {
        socket = try NetlinkSocket(
            groups: UInt32(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR)
        )
    }

    /// For `epoll`, level-triggered. Stays open as long as this value lives.
    package var descriptor: Int32 { socket.descriptor }

    /// Asks for a whole table. Returns false if the kernel did not take the request.
    package mutating func requestDump(_ table: KernelTable) -> Bool {
        sequence &+= 1
        isDumpInterrupted = false
        let isSent = socket.send(NetlinkRequest.dump(table, sequence: sequence)) == nil
        dump = isSent ? sequence : nil
        return isSent
    }

    /// What the next datagram tells; `nil` if there is none at the moment.
    package mutating func receive() -> [ReconcilerEvent]? {
        switch socket.receive() {
        case .nothing: return nil
        case .lost:
            dump = nil
            return [.notificationsLost]
        case .datagram(let bytes):
            return NetlinkMessage.parse(bytes).compactMap { interpret($0) }
        }
    }

    private mutating func interpret(_ message: NetlinkMessage) -> ReconcilerEvent? {
        // A notification bears the port of the socket that caused it, and this one changes nothing.
        guard message.portID == socket.portID else {
            if case .change(let change) = message.body { return .changed(change) }
            return nil
        }
        guard message.sequence == dump else { return nil }
        isDumpInterrupted = isDumpInterrupted || message.isInterrupted
        switch message.body {
        case .change(let change): return .dumped(change)
        case .irrelevant: return nil
        case .answer(let errno), .done(let errno):
            dump = nil
            if isDumpInterrupted { return .dumpInterrupted }
            return errno == 0 ? .dumpFinished : .dumpRefused
        }
    }
}
