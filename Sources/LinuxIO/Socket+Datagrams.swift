internal import CLinux
internal import Glibc

/// Datagrams on a connected socket. Nothing here waits.
extension Socket {
    /// The next datagram, cut to `limit` bytes; `nil` when none waits.
    /// - Throws: what an earlier send ran into, such as `ECONNREFUSED`; reading on is allowed.
    package borrowing func receive(limit: Int) throws(SystemError) -> [UInt8]? {
        var failure: SystemError?
        var isBlocked = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            // recv writes at most `limit` bytes, which is the buffer's capacity.
            let length = unsafe recv(
                descriptor.raw,
                buffer.baseAddress,
                limit,
                Int32(MSG_DONTWAIT)
            )
            count = max(0, length)
            guard length < 0 else { return }
            let errno = hb_errno()
            isBlocked = errno == EAGAIN || errno == EINTR
            if !isBlocked { failure = SystemError("recv", errno: errno) }
        }
        if let failure { throw failure }
        return isBlocked ? nil : bytes
    }

    /// Sends one datagram to where the socket is connected.
    package borrowing func send(_ bytes: [UInt8]) throws(SystemError) {
        try SystemCall.run("send") {
            unsafe bytes.withUnsafeBufferPointer { buffer in
                // The buffer lives during the call.
                unsafe Glibc.send(
                    descriptor.raw,
                    buffer.baseAddress,
                    buffer.count,
                    Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
                )
            }
        }
    }
}
