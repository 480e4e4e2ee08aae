internal import BalancerCore
internal import CLinux
internal import LinuxIO
internal import Primitives
internal import Synchronization

extension Worker {
    func finish(_ session: SessionPointer, after progress: Progress) {
        switch progress {
        case .goesOn: break
        case .complete: unsafe finish(session, .clean, resets: false)
        case .clientReset:
            unsafe finish(session, TerminationCode(.clientAbort, .data), resets: true)
        case .serverReset:
            unsafe finish(session, TerminationCode(.serverAbort, .data), resets: true)
        }
    }

    /// Ends a session: counts, reports and frees everything of it.
    /// - Parameter resets: both ends see a reset (RST) instead of an end of stream
    func finish(_ session: SessionPointer, _ termination: TerminationCode, resets: Bool) {
        if let ring = unsafe state.pointee.ring {
            let generation = unsafe session.pointee.generation
            unsafe settle(ring, session)
            // A send that failed just now may have ended it.
            guard unsafe session.pointee.generation == generation,
                unsafe session.pointee.phase != .free
            else { return }
        }
        if unsafe session.pointee.phase == .queued {
            unsafe leaveQueue(session, isTimeout: termination == .queueTimeout)
        }
        unsafe state.pointee.wheel.cancel(state.pointee.slab.index(of: session))
        unsafe unqueueReady(state, session)
        unsafe dropPending(state, side(session, .client))
        unsafe dropPending(state, side(session, .server))
        if resets {
            _ = unsafe hb_reset_on_close(session.pointee.client.descriptor)
            if unsafe session.pointee.server.descriptor >= 0 {
                _ = unsafe hb_reset_on_close(session.pointee.server.descriptor)
            }
        }
        let ends = unsafe ends(of: session)
        unsafe closeSide(session, .server)
        unsafe closeSide(session, .client)
        unsafe count(session, termination)
        unsafe report(session, termination, ends)
        if let frontend = unsafe frontends[Int(session.pointee.frontend)] {
            leave(frontend.entry)
        }
        unsafe hb_counter_add(&state.pointee.counters.pointee.sessions, .max)  // minus one
        let slot = unsafe state.pointee.slab.index(of: session)
        if !introductions.isEmpty { introductions[slot] = nil }
        board.erase(slot: Int(slot))
        unsafe state.pointee.slab.give(back: slot)
        board.trim(from: unsafe Int(state.pointee.slab.touched))
    }

    /// Where its connections went, if lines of its frontend say so.
    private func ends(of session: SessionPointer) -> SessionRecord.Ends? {
        guard let frontend = unsafe frontends[Int(session.pointee.frontend)],
            frontend.logsConnections
        else { return nil }
        let server = unsafe session.pointee.server.descriptor
        let isAssigned = unsafe session.pointee.flags.contains(.assigned)
        return unsafe SessionRecord.Ends(
            local: localEndpoint(of: session),
            source: server < 0 ? nil : Socket.localEndpoint(of: server),
            server: isAssigned ? session.pointee.serverAddress.endpoint : nil
        )
    }

    private func count(_ session: SessionPointer, _ termination: TerminationCode) {
        let cause =
            unsafe session.pointee.phase == .relaying
            ? termination.cause : TerminationCode.Cause.none
        unsafe countEnd(
            state.pointee.frontendTraffic + Int(session.pointee.frontend),
            cause
        )
        if unsafe session.pointee.backend != .max {
            unsafe countEnd(state.pointee.backendTraffic + Int(session.pointee.backend), cause)
        }
        if unsafe session.pointee.flags.contains(.assigned) {
            if let server = unsafe serverTraffic(session) { unsafe countEnd(server, cause) }
        }
    }

    /// Leaves the record of the session for the control side, and the session's place at the
    /// server.
    private func report(
        _ session: SessionPointer,
        _ termination: TerminationCode,
        _ ends: SessionRecord.Ends?
    ) {
        let isAssigned = unsafe session.pointee.flags.contains(.assigned)
        let server = unsafe ServerID(index: Int(session.pointee.serverSlot))
        var record = unsafe SessionRecord(
            client: session.pointee.clientAddress.endpoint,
            frontend: Int(session.pointee.frontend),
            acceptedAt: Instant(nanoseconds: session.pointee.acceptedAt),
            finishedAt: Instant(nanoseconds: state.pointee.now)
        )
        record.bytesToServer = unsafe session.pointee.client.received
        record.bytesToClient = unsafe session.pointee.server.received
        record.termination = termination
        record.ends = ends
        if let known = unsafe introduction(of: session) {
            record.handshakeTime = known.duration
            record.listener = known.listener
            // Who ends it while it waits is nobody that the line could name.
            if unsafe session.pointee.phase == .introducing {
                record.headerFault = known.fault ?? .aborted
            }
        }
        record.retries = unsafe Int(session.pointee.retries)
        record.isRedispatched = unsafe session.pointee.flags.contains(.redispatched)
        record.processSessions = admission.admitted.load(ordering: .relaxed)
        if let frontend = unsafe frontends[Int(session.pointee.frontend)] {
            record.frontendSessions = frontend.entry.sessions.load(ordering: .relaxed)
        }
        if unsafe session.pointee.backend != .max {
            record.backend = unsafe Int(session.pointee.backend)
        }
        let queued = unsafe Duration.milliseconds(Int64(session.pointee.queuedMilliseconds))
        let waited = record.handshakeTime + queued
        if unsafe session.pointee.flags.contains(.attempted) { record.waitTime = waited }
        if unsafe session.pointee.queuePosition > 0 {
            record.queuePosition = unsafe QueuePosition(
                number: session.pointee.queuePosition,
                isOfServer: session.pointee.waitedForServer
            )
        }
        if unsafe session.pointee.phase == .queued {
            record.waitTime = record.finishedAt - record.acceptedAt
        }
        if unsafe session.pointee.connectMicroseconds != .max {
            let total = unsafe Duration.microseconds(Int64(session.pointee.connectMicroseconds))
            record.connectTime = max(.zero, total - waited)
        }
        if isAssigned, let backend = record.backend, let plan = backends[backend] {
            let departure = plan.backend.finished(
                server,
                bytesToServer: record.bytesToServer,
                bytesToClient: record.bytesToClient,
                times: record.times,
                now: record.finishedAt
            )
            record.server = server
            record.backendSessions = departure.counts.backend
            record.serverSessions = departure.counts.server
            deliver(departure.grants, backend: backend)
        }
        keep(record)
    }

    /// For the line `Connect from …`: a session has begun.
    func reportArrival(_ session: SessionPointer) {
        guard let frontend = unsafe frontends[Int(session.pointee.frontend)],
            frontend.logsArrivals
        else { return }
        let acceptedAt = unsafe Instant(nanoseconds: session.pointee.acceptedAt)
        var record = unsafe SessionRecord(
            client: session.pointee.clientAddress.endpoint,
            frontend: Int(session.pointee.frontend),
            acceptedAt: acceptedAt,
            finishedAt: acceptedAt
        )
        record.isArrival = true
        record.ends = unsafe SessionRecord.Ends(
            local: localEndpoint(of: session),
            source: nil,
            server: nil
        )
        keep(record)
    }

    private func keep(_ record: SessionRecord) {
        let isKept = records.withLock { records in
            guard records.count < RelayLimits.records else { return false }
            records.append(record)
            return true
        }
        if !isKept { unsafe hb_counter_add(&state.pointee.counters.pointee.recordsDropped, 1) }
    }
}
