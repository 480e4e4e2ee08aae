internal import CLibmnl
internal import CLinux
internal import Glibc
internal import LinuxIO

/// A non-blocking rtnetlink socket with a port id chosen by the kernel.
///
/// Safe because the pointer is made by `init`, freed by `deinit` only, and never leaves.
@safe struct NetlinkSocket: ~Copyable {
    enum Received {
        case datagram([UInt8])
        case nothing
        /// `ENOBUFS`, or a datagram longer than the buffer: notifications are missing.
        case lost
    }

    /// The kernel fills at most 32 KiB per datagram of a dump (net/netlink/af_netlink.c).
    private static let datagramLimit = 32 * 1024

    private let socket: OpaquePointer
    let portID: UInt32
    var descriptor: Int32 { unsafe mnl_socket_get_fd(socket) }

    /// - Parameter groups: `RTMGRP_*` to be notified of.
    init(groups: UInt32) throws(SystemError) {
        let flags = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard let opened = unsafe mnl_socket_open2(NETLINK_ROUTE, flags) else {
            throw .last("socket", "NETLINK_ROUTE")
        }
        guard unsafe mnl_socket_bind(opened, groups, MNL_SOCKET_AUTOPID) == 0 else {
            let error = SystemError.last("bind", "NETLINK_ROUTE")
            unsafe mnl_socket_close(opened)
            throw error
        }
        unsafe socket = opened
        portID = unsafe mnl_socket_get_portid(opened)
    }

    deinit {
        unsafe mnl_socket_close(socket)
    }

    /// The kernel carries the request out before this returns. `nil`, or the error number.
    func send(_ request: [UInt8]) -> Int32? {
        while true {
            if unsafe mnl_socket_sendto(socket, request, request.count) >= 0 { return nil }
            let error = hb_errno()
            if error != EINTR { return error }
        }
    }

    func receive() -> Received {
        while true {
            var error: Int32 = 0
            // Invariant: the kernel writes at most `buffer.count` bytes and says how many.
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.datagramLimit) {
                buffer,
                count in
                let length = unsafe mnl_socket_recvfrom(socket, buffer.baseAddress, buffer.count)
                if length < 0 { error = hb_errno() }
                count = max(0, length)
            }
            switch error {
            case 0: return .datagram(bytes)
            case EINTR: continue
            case EAGAIN: return .nothing
            case ENOBUFS, ENOSPC: return .lost
            default:
                // EBADF, EFAULT, ENOTSOCK: this program is wrong about its own socket.
                preconditionFailure("netlink receive failed with errno \(error)")
            }
        }
    }
}
