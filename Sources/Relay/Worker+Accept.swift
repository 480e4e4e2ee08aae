internal import BalancerCore
internal import CLinux
internal import Glibc
internal import LinuxIO
internal import Primitives
internal import Synchronization

extension Worker {
    /// Connections have come. Not inlined, like others that the loops call seldom: their accesses
    /// to the worker's arrays would be checked in each turn, needed or not.
    @inline(never)
    func acceptBatch(_ token: Token) {
        let index = token.index
        // The plan may have changed in this very batch of events.
        guard index < acceptors.count, acceptors[index].token.rawValue == token.rawValue
        else { return }
        // A ring tells once.
        if unsafe state.pointee.ring != nil { acceptors[index].isWatched = false }
        guard !acceptors[index].isPaused,
            let frontend = frontends[acceptors[index].listener.frontend]
        else { return }
        acceptBatch(index, frontend)
        if !acceptors[index].isPaused { watch(index) }
    }

    private func acceptBatch(_ index: Int, _ frontend: Installation.Frontend) {
        for _ in 0..<RelayLimits.batch {
            guard admission.enter(frontend.entry) else {
                return pauseForLimit(index, frontend.entry)
            }
            var address = SocketAddress()
            let raw = acceptors[index].listener.socket.descriptor.raw
            let descriptor = unsafe address.withMutablePointer { unsafe hb_accept(raw, $0, $1) }
            if descriptor >= 0 {
                unsafe hb_counter_add(&state.pointee.counters.pointee.accepted, 1)
                open(descriptor, from: address.endpoint, acceptors[index], frontend)
                continue
            }
            admission.leave(frontend.entry)
            // The place may be the one that another worker has just not got.
            wakePaused()
            switch -descriptor {
            case EAGAIN:
                isExhaustionKnown = false
                return
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                pause(index)
                return exhausted()
            default:
                // The connection was gone before it was accepted: accept(2), "Error handling".
                continue
            }
        }
    }

    /// The excess waits in the kernel's backlog until a session ends.
    private func pauseForLimit(_ index: Int, _ frontend: FrontendEntry) {
        unsafe hb_counter_add(&state.pointee.counters.pointee.limitPauses, 1)
        pause(index)
        admission.paused.bitwiseOr(1 << UInt64(number), ordering: .sequentiallyConsistent)
        // A session may have ended on another worker before the bit was seen there.
        if admission.admitted.load(ordering: .sequentiallyConsistent)
            < admission.limit.load(ordering: .relaxed),
            frontend.admitted.load(ordering: .sequentiallyConsistent)
                < frontend.limit.load(ordering: .relaxed)
        {
            watch(index)
        }
    }

    /// No descriptors or no memory for sockets: no more sessions for a moment.
    func exhausted() {
        if !isExhaustionKnown {
            isExhaustionKnown = true
            unsafe hb_counter_add(&state.pointee.counters.pointee.exhaustions, 1)
        }
        unsafe state.pointee.exhaustedUntil =
            state.pointee.now + RelayLimits.exhaustionPauseMilliseconds * 1_000_000
        admission.paused.bitwiseOr(1 << UInt64(number), ordering: .sequentiallyConsistent)
    }

    /// A session has ended: its place is free.
    func leave(_ frontend: FrontendEntry) {
        frontend.sessions.subtract(1, ordering: .relaxed)
        admission.leave(frontend)
        wakePaused()
    }

    /// Tells the workers that wait for a place that one is free.
    private func wakePaused() {
        guard admission.paused.load(ordering: .sequentiallyConsistent) != 0 else { return }
        let paused = admission.paused.exchange(0, ordering: .sequentiallyConsistent)
        for sibling in siblings where paused & 1 << UInt64(sibling.worker.number) != 0 {
            sibling.worker.wake.signal()
        }
    }

    /// A connection was accepted and counted in.
    private func open(
        _ descriptor: Int32,
        from client: Endpoint?,
        _ acceptor: Acceptor,
        _ frontend: Installation.Frontend
    ) {
        if let client, frontend.connectionRules.rejects(client.address) {
            let counters = unsafe state.pointee.frontendTraffic + frontend.entry.slot
            unsafe hb_counter_add(&counters.pointee.deniedConnections, 1)
            _ = hb_reset_on_close(descriptor)
            hb_close(descriptor)
            admission.leave(frontend.entry)
            return
        }
        let second = unsafe UInt64(state.pointee.now / 1_000_000_000)
        frontend.entry.sessionBegan(second: second)
        admission.busiestSecond.count(in: second)
        guard let client, let index = unsafe state.pointee.slab.take() else {
            leave(frontend.entry)
            hb_close(descriptor)
            return exhausted()
        }
        let session = unsafe state.pointee.slab.base + Int(index)
        unsafe session.pointee.client.descriptor = descriptor
        unsafe session.pointee.client.flags = .writable
        unsafe session.pointee.client.lastActivity = unsafe state.pointee.milliseconds
        unsafe session.pointee.frontend = UInt16(frontend.entry.slot)
        unsafe session.pointee.acceptedAt = unsafe state.pointee.now
        unsafe session.pointee.clientAddress = PlainEndpoint(client)
        unsafe hb_counter_add(&state.pointee.counters.pointee.sessions, 1)
        unsafe countArrival(state.pointee.frontendTraffic + frontend.entry.slot)
        let isDenied = unsafe !acceptor.acceptsProxy && join(session, frontend)
        guard unsafe register(session, .client) else {
            return unsafe finish(session, .exhausted, resets: true)
        }
        if acceptor.acceptsProxy {
            unsafe awaitHeader(session, listener: acceptor.number)
        } else {
            unsafe admit(session, isDenied: isDenied)
        }
    }

    /// The client is known: the connection is a session, and one of the frontend's backend.
    /// - Returns: whether `tcp-request content` rejects it
    func join(_ session: SessionPointer, _ frontend: Installation.Frontend) -> Bool {
        let second = unsafe UInt64(state.pointee.now / 1_000_000_000)
        unsafe countSession(state.pointee.frontendTraffic + frontend.entry.slot, second: second)
        let client = unsafe session.pointee.clientAddress.endpoint.address
        let isDenied = frontend.contentRules.rejects(client)
        if let backend = frontend.backend, !isDenied {
            unsafe session.pointee.backend = UInt16(backend)
            unsafe countStart(state.pointee.backendTraffic + backend, second: second)
        }
        return isDenied
    }

    func admit(_ session: SessionPointer, isDenied: Bool) {
        unsafe reportArrival(session)
        guard isDenied else { return unsafe assign(session) }
        let frontend = unsafe state.pointee.frontendTraffic + Int(session.pointee.frontend)
        unsafe hb_counter_add(&frontend.pointee.deniedSessions, 1)
        unsafe finish(session, TerminationCode(.proxy, .request), resets: false)
    }
}
