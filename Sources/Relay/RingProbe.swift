internal import CLiburing
internal import CLinux
internal import Glibc
internal import LinuxIO
internal import Synchronization

/// Whether this kernel has what the io_uring engine needs: one ring is made and used once as the
/// relay does, because version numbers say nothing of what a container or a sysctl forbids.
///
/// Needs Linux 6.1: `IORING_SETUP_DEFER_TASKRUN`, multishot receive into a ring of buffers, and
/// sends that are silent unless they fall short.
enum RingProbe {
    /// - Throws: the step that failed
    static func run() throws(SystemError) {
        // On a thread of its own, see `Ring`.
        let outcome = Mutex<SystemError?>(nil)
        let thread = try Thread.start(name: "probe") {
            do throws(SystemError) {
                try useOneRing()
            } catch {
                outcome.withLock { $0 = error }
            }
        }
        thread.join()
        if let error = outcome.withLock({ $0 }) { throw error }
    }

    private static func useOneRing() throws(SystemError) {
        var ring = try Ring()
        defer { ring.close() }
        var ends: (Int32, Int32) = (-1, -1)
        let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
            unsafe socketpair(
                AF_UNIX,
                Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue),
                0,
                bytes.baseAddress?.assumingMemoryBound(to: Int32.self)
            )
        }
        guard result == 0 else { throw .last("socketpair") }
        let near = OwnedDescriptor(adopting: ends.0)
        let far = OwnedDescriptor(adopting: ends.1)
        // Two pieces of data, so that the request must have outlived the first.
        ring.receive(near.raw, token)
        for _ in 0..<2 {
            ring.submit()
            guard unsafe write(far.raw, "x", 1) == 1 else { throw .last("write") }
            try expectByte(ring)
        }
        ring.cancel(token)
        ring.settle()
        ring.advance(ring.completions)
        try fill(&ring, from: near.raw, to: far.raw)
        // Open until here.
        _ = consume near
        _ = consume far
    }

    private static let token = Token(.clientData, index: 0)

    /// Sends until the socket takes no more. A send that took everything must be silent, and one
    /// that did not must tell how much it took: the relay's bytes depend on it.
    private static func fill(
        _ ring: inout Ring,
        from near: Int32,
        to far: Int32
    ) throws(SystemError) {
        let size = RelayLimits.ringBufferBytes
        let flight = Ring.Flight(
            session: 0,
            generation: 0,
            which: .client,
            buffer: 0,
            count: UInt32(size)
        )
        var taken = 0
        while ring.completions == 0 {
            ring.send(flight, to: near, Token(.clientSend, index: 0))
            ring.flightCount = 0
            ring.submit()
            taken += ring.completions == 0 ? size : 0
        }
        let result = unsafe Int(ring.completion(0).pointee.res)
        ring.advance(1)
        guard result < size, result >= 0 || result == -Int(EAGAIN) else {
            throw SystemError("io_uring send", errno: result < 0 ? Int32(-result) : ENOTSUP)
        }
        var arrived = 0
        var room = [UInt8](repeating: 0, count: size)
        while true {
            let count = unsafe hb_recv(far, &room, size)
            guard count > 0 else { break }
            arrived += count
        }
        guard arrived == taken + max(result, 0) else {
            throw SystemError("io_uring send", errno: EILSEQ)
        }
    }

    private static func expectByte(_ ring: Ring) throws(SystemError) {
        ring.wait(milliseconds: 1000)
        guard ring.completions > 0 else { throw SystemError("io_uring receive", errno: ETIME) }
        let completion = unsafe ring.completion(0)
        let (count, flags) = unsafe (completion.pointee.res, completion.pointee.flags)
        ring.advance(1)
        guard count == 1, flags & IORING_CQE_F_MORE != 0, flags & IORING_CQE_F_BUFFER != 0 else {
            throw SystemError("io_uring receive", errno: count < 0 ? -count : ENOTSUP)
        }
        ring.give(back: UInt16(hb_ring_buffer_number(flags)))
    }
}
