internal import CLiburing
internal import CLinux
internal import Glibc
internal import LinuxIO

// The engine on io_uring. A session begins as with epoll: requests tell what can be done with its
// sockets, and plain calls do it. One that exchanges small pieces of data streams: the kernel
// receives into its buffers by itself, and what is to be sent is handed over once a turn, for all
// sessions together. Bulk data, a slow receiver or an end leads back to where it began.

extension Worker {
    /// On the worker's thread, before anything else.
    func openRing(_ ring: RingPointer) {
        do throws(SystemError) {
            unsafe ring.initialize(to: try Ring())
        } catch {
            preconditionFailure("relay-\(number): \(error), though the probe passed")
        }
    }

    /// Until the worker is told to stop.
    func runRing(_ ring: RingPointer) {
        unsafe watchMailbox(ring)
        while unsafe !state.pointee.isStopping {
            unsafe ring.pointee.wait(milliseconds: Int64(sleepTime()))
            beginTurn()
            unsafe sendsAreOut(ring)
            let count = unsafe ring.pointee.completions
            for offset in 0..<count { unsafe take(ring, ring.pointee.completion(offset)) }
            unsafe ring.pointee.advance(count)
            endTurn(events: Int(count))
            if unsafe ring.pointee.holdsMemory, unsafe state.pointee.slab.used == 0 {
                unsafe ring.pointee.trim()
            }
        }
    }

    private func watchMailbox(_ ring: RingPointer) {
        let token = Token(.mailbox, index: 0)
        unsafe ring.pointee.pollOnce(wake.descriptor.raw, EPOLLIN.rawValue, token)
    }

    @inline(__always)
    private func take(_ ring: RingPointer, _ completion: UnsafeMutablePointer<io_uring_cqe>) {
        let token = unsafe Token(rawValue: completion.pointee.user_data)
        let result = unsafe completion.pointee.res
        let flags = unsafe completion.pointee.flags
        switch token.kind {
        case .clientData: unsafe received(ring, token, .client, result, flags)
        case .serverData: unsafe received(ring, token, .server, result, flags)
        case .client: unsafe changed(ring, token, .client, result, flags)
        case .server: unsafe changed(ring, token, .server, result, flags)
        case .listener: if result >= 0 { acceptBatch(token) }
        case .mailbox:
            takeMail()
            unsafe watchMailbox(ring)
        // Sends that failed were seen to when they were handed over.
        case .clientSend, .serverSend, .ignored: break
        }
    }

    /// A side's readiness has changed.
    private func changed(
        _ ring: RingPointer,
        _ token: Token,
        _ which: Which,
        _ result: Int32,
        _ flags: UInt32
    ) {
        guard result >= 0, let session = unsafe session(of: token) else { return }
        // The kernel had no room for more completions of it.
        if flags & IORING_CQE_F_MORE == 0 { unsafe poll(state, ring, session, which) }
        let events = UInt32(bitPattern: result)
        guard unsafe session.pointee.phase == .relaying else {
            return unsafe whileConnecting(session, which, events: events)
        }
        let progress = unsafe relay(state, session, which, events: events)
        guard progress == .goesOn else { return unsafe finish(session, after: progress) }
        unsafe noteCalm(state, ring, session, hasData: events & EPOLLIN.rawValue != 0)
    }

    /// Data of a session that streams, its end, or the end of the request that receives it.
    @inline(__always)
    private func received(
        _ ring: RingPointer,
        _ token: Token,
        _ which: Which,
        _ result: Int32,
        _ flags: UInt32
    ) {
        guard let session = unsafe session(of: token) else {
            return unsafe giveBackBuffer(ring, flags)
        }
        if unsafe stream(state, ring, session, which, result, flags) { return }
        unsafe settle(ring, session)
        // A send that failed just now may have ended it.
        guard unsafe self.session(of: token) != nil else {
            return unsafe giveBackBuffer(ring, flags)
        }
        let progress = unsafe receivedAside(state, ring, session, which, result, flags)
        if progress != .goesOn { unsafe finish(session, after: progress) }
    }

    /// Of data that nobody waits for any more.
    private func giveBackBuffer(_ ring: RingPointer, _ flags: UInt32) {
        guard flags & IORING_CQE_F_BUFFER != 0 else { return }
        unsafe ring.pointee.give(back: UInt16(hb_ring_buffer_number(flags)))
    }

    /// Has what was queued to be sent for the session sent, so that plain calls come after it.
    func settle(_ ring: RingPointer, _ session: SessionPointer) {
        let flags = unsafe session.pointee.client.flags.union(session.pointee.server.flags)
        guard flags.contains(.sending) else { return }
        unsafe ring.pointee.submit()
        unsafe sendsAreOut(ring)
    }

    /// The queue was handed over: frees the buffers that were sent, sees to what was not taken.
    func sendsAreOut(_ ring: RingPointer) {
        guard unsafe ring.pointee.flightCount > 0 else { return }
        let flights = unsafe UnsafeBufferPointer(
            start: ring.pointee.flights,
            count: ring.pointee.flightCount
        )
        for index in flights.indices {
            let flight = unsafe flights[index]
            let session = unsafe state.pointee.slab.base + Int(flight.session)
            // A session is not freed while one of its sends is queued.
            unsafe side(session, flight.which).pointee.flags.remove(.sending)
        }
        var offset: UInt32 = 0
        while unsafe offset < ring.pointee.completions {
            let completion = unsafe ring.pointee.completion(offset)
            let token = unsafe Token(rawValue: completion.pointee.user_data)
            if token.kind == .clientSend || token.kind == .serverSend {
                unsafe completion.pointee.user_data = Token(.ignored, index: 0).rawValue
                let which = token.kind == .clientSend ? Which.client : Which.server
                let flight = unsafe flights.first {
                    $0.session == UInt32(token.index) && $0.generation == token.generation
                        && $0.which == which
                }
                if let flight {
                    unsafe sendFellShort(ring, flight, result: completion.pointee.res)
                }
            }
            offset += 1
        }
        for index in flights.indices {
            unsafe ring.pointee.give(back: flights[index].buffer)
        }
        unsafe ring.pointee.flightCount = 0
    }

    private func sendFellShort(_ ring: RingPointer, _ flight: Ring.Flight, result: Int32) {
        let session = unsafe state.pointee.slab.base + Int(flight.session)
        guard unsafe session.pointee.generation == flight.generation,
            unsafe session.pointee.phase != .free
        else { return }
        let progress = unsafe sent(state, ring, session, flight, result)
        if progress != .goesOn { unsafe finish(session, after: progress) }
    }
}
