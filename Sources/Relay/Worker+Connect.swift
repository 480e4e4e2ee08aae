internal import BalancerCore
internal import CLinux
internal import Glibc
internal import LinuxIO
internal import Primitives

extension TerminationCode {
    static let exhausted = TerminationCode(.resource, .connect)
    static let noServer = TerminationCode(.serverAbort, .connect)
    static let connectTimeout = TerminationCode(.serverTimeout, .connect)
    static let queueTimeout = TerminationCode(.serverTimeout, .queue)
    static let clientLeftQueue = TerminationCode(.clientAbort, .queue)
    static let clientLeftEarly = TerminationCode(.clientAbort, .connect)
    static let killed = TerminationCode(.killed, .data)
}

extension Worker {
    private func plan(of session: SessionPointer) -> BackendPlan? {
        unsafe session.pointee.backend == .max ? nil : backends[Int(session.pointee.backend)]
    }

    /// The session's first server, or a place in the queue for one.
    func assign(_ session: SessionPointer) {
        guard let plan = unsafe plan(of: session) else {
            unsafe countConnectError(session)
            return unsafe finish(session, .noServer, resets: false)
        }
        let placement = unsafe plan.backend.place(
            ticket(of: session),
            for: session.pointee.clientAddress.endpoint.address,
            to: destination(of: session, plan),
            now: Instant(nanoseconds: state.pointee.now)
        )
        switch placement {
        case .assigned(let assignment):
            unsafe give(session, assignment)
            unsafe connect(session, plan)
        case .queued:
            unsafe session.pointee.phase = .queued
            unsafe session.pointee.server.lastActivity = unsafe state.pointee.milliseconds
            unsafe armTimer(state, session)
        case .refused:
            unsafe countConnectError(session)
            unsafe finish(session, .noServer, resets: false)
        }
    }

    /// Names the session while it waits: nothing changes its generation then.
    private func ticket(of session: SessionPointer) -> QueueTicket {
        unsafe QueueTicket(
            worker: UInt32(number),
            index: state.pointee.slab.index(of: session),
            generation: session.pointee.generation
        )
    }

    /// A session that waited has a server. When it has gone meanwhile, its place goes on to the
    /// next one.
    func take(_ grant: Grant, backend slot: Int) {
        guard let plan = backends[slot] else { return }
        let index = Int(grant.ticket.index)
        let session = unsafe state.pointee.slab.base + index
        guard unsafe index < state.pointee.slab.touched, unsafe session.pointee.phase == .queued,
            unsafe session.pointee.generation == grant.ticket.generation
        else {
            let now = unsafe Instant(nanoseconds: state.pointee.now)
            let next = plan.backend.finished(grant.assignment.server, now: now)
            return deliver(next.grants, backend: slot)
        }
        let waited = unsafe state.pointee.milliseconds &- session.pointee.server.lastActivity
        unsafe session.pointee.queuedMilliseconds = waited
        unsafe note(grant.position, session)
        unsafe give(session, grant.assignment)
        unsafe connect(session, plan)
    }

    /// Tells the workers of those who waited.
    func deliver(_ grants: [Grant], backend slot: Int) {
        for grant in grants {
            siblings[Int(grant.ticket.worker)].worker.receive(grant, backend: slot)
        }
    }

    /// A session ends that waits for a server.
    func leaveQueue(_ session: SessionPointer, isTimeout: Bool) {
        guard let plan = unsafe plan(of: session) else { return }
        let position = unsafe plan.backend.leaveQueue(ticket(of: session), isTimeout: isTimeout)
        if let position { unsafe note(position, session) }
    }

    private func note(_ position: QueuePosition, _ session: SessionPointer) {
        unsafe session.pointee.queuePosition = position.number
        unsafe session.pointee.waitedForServer = position.isOfServer
    }

    /// What the client connected to, where the backend wants to know.
    private func destination(of session: SessionPointer, _ plan: BackendPlan) -> IPAddress? {
        plan.sticksOnDestination ? unsafe localEndpoint(of: session)?.address : nil
    }

    /// Another server for a session whose connect failed.
    private func assignment(
        _ session: SessionPointer,
        _ plan: BackendPlan,
        avoiding avoided: ServerID
    ) -> Assignment? {
        unsafe plan.backend.assign(
            for: session.pointee.clientAddress.endpoint.address,
            to: destination(of: session, plan),
            avoiding: avoided,
            now: Instant(nanoseconds: state.pointee.now)
        )
    }

    private func give(_ session: SessionPointer, _ assignment: Assignment) {
        let slot = assignment.server.index
        unsafe session.pointee.serverSlot = UInt16(slot)
        let backend = unsafe state.pointee.backends + Int(session.pointee.backend)
        if unsafe backend.pointee.usedServers <= slot {
            unsafe hb_counter_set(&backend.pointee.usedServers, UInt64(slot) + 1)
        }
        unsafe session.pointee.serverAddress = PlainEndpoint(assignment.endpoint)
        unsafe session.pointee.flags.insert(.assigned)
        unsafe session.pointee.flags.remove(.sendsProxy)
        switch assignment.proxyProtocol {
        case nil: break
        case .version1: unsafe session.pointee.flags.insert(.sendsProxyVersion1)
        case .version2: unsafe session.pointee.flags.insert(.sendsProxyVersion2)
        }
        if let counters = unsafe serverTraffic(session) {
            unsafe countStart(counters, second: UInt64(state.pointee.now / 1_000_000_000))
        }
    }

    func serverTraffic(_ session: SessionPointer) -> TrafficPointer? {
        unsafe state.pointee.backends[Int(session.pointee.backend)].servers.map {
            unsafe $0 + Int(session.pointee.serverSlot)
        }
    }

    /// Begins to connect to the server that the session was given.
    private func connect(_ session: SessionPointer, _ plan: BackendPlan) {
        unsafe session.pointee.phase = .connecting
        unsafe session.pointee.flags.insert(.attempted)
        unsafe session.pointee.server = .empty
        unsafe session.pointee.server.lastActivity = unsafe state.pointee.milliseconds
        let endpoint = unsafe session.pointee.serverAddress.endpoint
        do throws(SystemError) {
            let socket = try Socket(.stream, for: endpoint.address)
            try socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            if let alive = plan.serverKeepAlive { try socket.set(alive) }
            unsafe try bindSource(socket, session, plan, to: endpoint.address)
            try socket.connect(to: endpoint)
            unsafe session.pointee.server.descriptor = socket.release().release()
        } catch {
            if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errno) { exhausted() }
            let isRefused = error.errno == ECONNREFUSED
            return unsafe connectFailed(session, plan, .noServer, isRefused: isRefused)
        }
        guard unsafe register(session, .server) else {
            return unsafe connectFailed(session, plan, .exhausted)
        }
        unsafe armTimer(state, session)
    }

    /// `source`; without it that of design §6: the virtual address that the session came in on, and
    /// this node's ports.
    private func bindSource(
        _ socket: borrowing Socket,
        _ session: SessionPointer,
        _ plan: BackendPlan,
        to server: IPAddress
    ) throws(SystemError) {
        let id = unsafe ServerID(index: Int(session.pointee.serverSlot))
        if plan.hasSources, let source = plan.backend.source(of: id) {
            return try socket.leave(from: source)
        }
        guard !virtualSources.isEmpty,
            let local = unsafe Socket.localEndpoint(of: session.pointee.client.descriptor)?.address,
            let source = virtualSources.first(where: { $0.applies(from: local, to: server) })
        else { return }
        // The port is chosen by connect, which knows the whole tuple, and not by bind.
        try socket.set(Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, 1)
        if let ports = source.ports {
            let range = UInt32(ports.upperBound) << 16 | UInt32(ports.lowerBound)
            do throws(SystemError) {
                try socket.set(
                    Int32(IPPROTO_IP),
                    Int32(HB_IP_LOCAL_PORT_RANGE),
                    Int32(bitPattern: range)
                )
            } catch {
                // Before Linux 6.3 the system's range counts, which the installation sets.
                guard error.errno == ENOPROTOOPT else { throw error }
            }
        }
        try socket.bind(to: Endpoint(source.address, 0))
    }

    /// An event for a session without an established server.
    func whileConnecting(_ session: SessionPointer, _ which: Which, events: UInt32) {
        let failed = events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
        if which == .client {
            // Data and end of stream wait in the kernel; only a reset makes the connect pointless.
            if events & EPOLLIN.rawValue != 0 {
                unsafe session.pointee.client.flags.insert(.readable)
            }
            if events & EPOLLRDHUP.rawValue != 0 {
                unsafe session.pointee.client.flags.insert(.closing)
            }
            if unsafe session.pointee.phase == .introducing {
                return unsafe failed ? reject(session, .aborted) : readHeader(session)
            }
            return unsafe failed || hasLeft(session) ? abandon(session, resets: failed) : ()
        }
        // While waiting there is no server socket; the event is of one that was closed in this
        // batch.
        guard unsafe session.pointee.phase == .connecting, let plan = unsafe plan(of: session)
        else { return }
        guard !failed else {
            let error = unsafe Socket.pendingError(of: session.pointee.server.descriptor)
            let isRefused = error == ECONNREFUSED
            return unsafe connectFailed(session, plan, .noServer, isRefused: isRefused)
        }
        guard events & EPOLLOUT.rawValue != 0 else { return }
        if unsafe !session.pointee.flags.isDisjoint(with: .sendsProxy),
            unsafe !introduceClient(session)
        {
            return unsafe connectFailed(session, plan, .noServer)
        }
        if plan.observesConnects {
            plan.backend.connected(unsafe ServerID(index: Int(session.pointee.serverSlot)))
        }
        unsafe established(session, events)
    }

    /// A client that has said its end and nothing else does not wait for a server. One whose
    /// connect is under way is taken there: it may want to be greeted.
    private func hasLeft(_ session: SessionPointer) -> Bool {
        guard unsafe [.queued, .waiting].contains(session.pointee.phase),
            unsafe session.pointee.client.flags.contains(.closing)
        else { return false }
        var byte: UInt8 = 0
        let flags = Int32(MSG_PEEK | MSG_DONTWAIT)
        return unsafe recv(session.pointee.client.descriptor, &byte, 1, flags) == 0
    }

    /// Its client is gone before there was a server.
    private func abandon(_ session: SessionPointer, resets: Bool) {
        let isQueued = unsafe session.pointee.phase == .queued
        unsafe finish(session, isQueued ? .clientLeftQueue : .clientLeftEarly, resets: resets)
    }

    private func established(_ session: SessionPointer, _ events: UInt32) {
        unsafe session.pointee.phase = .relaying
        unsafe session.pointee.server.flags.insert(.writable)
        unsafe session.pointee.server.lastActivity = unsafe state.pointee.milliseconds
        unsafe session.pointee.client.lastActivity = unsafe state.pointee.milliseconds
        unsafe session.pointee.connectMicroseconds = unsafe UInt32(
            clamping: (state.pointee.now - session.pointee.acceptedAt) / 1000
        )
        if events & EPOLLIN.rawValue != 0 { unsafe session.pointee.server.flags.insert(.readable) }
        if events & EPOLLRDHUP.rawValue != 0 {
            unsafe session.pointee.server.flags.insert([.readable, .closing])
        }
        if !virtualSources.isEmpty { unsafe note(session) }
        unsafe armTimer(state, session)
        let progress = unsafe relayBoth(state, session)
        if progress != .goesOn { unsafe finish(session, after: progress) }
    }

    /// Writes the ends of a session that came in on a virtual address where the other node is told
    /// of them from.
    private func note(_ session: SessionPointer) {
        guard let local = unsafe Socket.localEndpoint(of: session.pointee.client.descriptor),
            virtualSources.contains(where: { $0.address == local.address }),
            let client = unsafe clientPeer(of: session)
        else { return }
        let server = unsafe session.pointee.server.descriptor
        let source = server < 0 ? nil : Socket.localEndpoint(of: server)
        let ends = unsafe SessionEnds(
            client: client,
            local: local,
            source: source,
            server: source == nil ? nil : session.pointee.serverAddress.endpoint
        )
        board.write(ends, slot: unsafe Int(state.pointee.slab.index(of: session)))
    }

    /// Another server at once, the same one after a pause, or the end.
    func connectFailed(
        _ session: SessionPointer,
        _ plan: BackendPlan,
        _ reason: TerminationCode,
        isRefused: Bool = false
    ) {
        unsafe closeSide(session, .server)
        if let ring = unsafe state.pointee.ring {
            // The ring may still tell of the closed socket: that must not pass for its successor's.
            unsafe cancelRequests(state, ring, session, .client)
            unsafe session.pointee.generation = unsafe state.pointee.slab.nextGeneration()
            unsafe poll(state, ring, session, .client)
        }
        let server = unsafe ServerID(index: Int(session.pointee.serverSlot))
        let settings = unsafe state.pointee.backends[Int(session.pointee.backend)]
        switch unsafe connectFailure(session, settings) {
        case .giveUp:
            tellFailure(of: server, plan, .giveUp, isRefused)
            unsafe countConnectError(session)
            unsafe finish(session, reason, resets: false)
        case .redispatch:
            if let other = unsafe assignment(session, plan, avoiding: server) {
                if other.server != server {
                    return unsafe redispatch(session, plan, from: server, to: other, isRefused)
                }
                // The same again: it is the only one that is usable.
                unsafe leave(server, session, plan)
            }
            fallthrough
        case .retry:
            tellFailure(of: server, plan, .retry, isRefused)
            unsafe countRetry(session)
            // It may take long until there is a server.
            if !virtualSources.isEmpty { unsafe note(session) }
            unsafe session.pointee.phase = .waiting
            if unsafe hasLeft(session) { return unsafe abandon(session, resets: false) }
            unsafe session.pointee.server.lastActivity = unsafe state.pointee.milliseconds
            unsafe armTimer(state, session)
        }
    }

    private func tellFailure(
        of server: ServerID,
        _ plan: BackendPlan,
        _ step: ConnectFailureStep,
        _ isRefused: Bool
    ) {
        let evidence = plan.backend.connectFailed(
            server,
            step,
            isRefused: isRefused,
            now: unsafe Instant(nanoseconds: state.pointee.now)
        )
        if let evidence { weigh(plan.backend, evidence) }
    }

    /// The session has a place at another server, or a second one at the same.
    private func leave(_ server: ServerID, _ session: SessionPointer, _ plan: BackendPlan) {
        let now = unsafe Instant(nanoseconds: state.pointee.now)
        let departure = plan.backend.finished(server, now: now)
        deliver(departure.grants, backend: unsafe Int(session.pointee.backend))
    }

    private func redispatch(
        _ session: SessionPointer,
        _ plan: BackendPlan,
        from server: ServerID,
        to other: Assignment,
        _ isRefused: Bool
    ) {
        tellFailure(of: server, plan, .redispatch, isRefused)
        unsafe leave(server, session, plan)
        if let counters = unsafe serverTraffic(session) {
            unsafe hb_counter_add(&counters.pointee.redispatches, 1)
            unsafe countEnd(counters, .none)
        }
        let slot = unsafe Int(session.pointee.backend)
        unsafe hb_counter_add(&state.pointee.backendTraffic[slot].redispatches, 1)
        unsafe session.pointee.flags.insert(.redispatched)
        unsafe give(session, other)
        unsafe connect(session, plan)
    }

    private func countRetry(_ session: SessionPointer) {
        unsafe hb_counter_add(
            &state.pointee.backendTraffic[Int(session.pointee.backend)].retries,
            1
        )
        if let counters = unsafe serverTraffic(session) {
            unsafe hb_counter_add(&counters.pointee.retries, 1)
        }
    }

    private func countConnectError(_ session: SessionPointer) {
        let frontend = unsafe Int(session.pointee.frontend)
        unsafe hb_counter_add(&state.pointee.frontendTraffic[frontend].connectErrors, 1)
        guard unsafe session.pointee.backend != .max else { return }
        let backend = unsafe Int(session.pointee.backend)
        unsafe hb_counter_add(&state.pointee.backendTraffic[backend].connectErrors, 1)
        if unsafe session.pointee.flags.contains(.assigned),
            let counters = unsafe serverTraffic(session)
        {
            unsafe hb_counter_add(&counters.pointee.connectErrors, 1)
        }
    }

    /// The wheel has come to the session: its deadline is over, or it was moved by activity.
    func lookAt(_ session: SessionPointer) {
        let settings =
            unsafe session.pointee.backend == .max
            ? BackendSettings() : state.pointee.backends[Int(session.pointee.backend)]
        guard
            let deadline = unsafe deadline(
                session,
                state.pointee.frontends[Int(session.pointee.frontend)],
                settings,
                milliseconds: state.pointee.milliseconds
            )
        else { return }
        guard deadline.remaining <= 0 else { return unsafe armTimer(state, session) }
        switch deadline.reason {
        case .clientIdle:
            unsafe finish(session, TerminationCode(.clientTimeout, .data), resets: false)
        case .serverIdle:
            unsafe finish(session, TerminationCode(.serverTimeout, .data), resets: false)
        case .introduction: unsafe headerIsLate(session)
        case .queue:
            unsafe countConnectError(session)
            unsafe finish(session, .queueTimeout, resets: false)
        case .connect:
            if let plan = unsafe plan(of: session) {
                unsafe connectFailed(session, plan, .connectTimeout)
            }
        case .retry:
            if let plan = unsafe plan(of: session) { unsafe connect(session, plan) }
        }
    }
}
