package import Primitives

/// Server `maxconn`: sessions beyond it wait. HAProxy's rules: an active server that is full is not
/// replaced by a backup; who is meant for one server, by a stick table or a hash, waits for that
/// one, up to its `maxqueue`.
extension ServerPool {
    private enum Seat {
        case slot(Int, isStuck: Bool)
        /// For this server, or for any.
        case wait(Int?)
        case none
    }

    /// The first server of a session, or a place in the queue. Otherwise as `assign`.
    package mutating func place(
        _ ticket: QueueTicket,
        for client: IPAddress,
        to destination: IPAddress?,
        now: Instant
    ) -> Placement {
        guard limitsServers else {
            let given = assign(for: client, to: destination, avoiding: nil, now: now)
            return given.map(Placement.assigned) ?? .refused
        }
        if nextWarmUp != nil { warmUp(now: now) }
        passing = 1
        defer { passing = 0 }
        forgive(now: now)
        let key = stickKey(client, destination)
        switch seat(client, key, now) {
        case .slot(let slot, let isStuck):
            return .assigned(give(slot, isStuck: isStuck, key: key, now: now))
        case .wait(let slot):
            queue.add(ticket, client, destination, for: slot)
            counters.total += 1
            counters.sawQueue(of: queue.count(for: nil))
            if let slot { servers[slot]?.counters.sawQueue(of: queue.count(for: slot)) }
            return .queued
        case .none:
            counters.connectErrors += 1
            return .refused
        }
    }

    private mutating func seat(_ client: IPAddress, _ key: IPAddress?, _ now: Instant) -> Seat {
        if let slot = key.flatMap({ stuckSlot($0, now: now) }) {
            if !isFull(slot) { return .slot(slot, isStuck: true) }
            if mayQueue(slot) { return .wait(slot) }
        } else if balance.hashes, shunned.isEmpty,
            let slot = pickRegardless(for: client, where: { _ in true }),
            isFull(slot), mayQueue(slot)
        {
            return .wait(slot)
        }
        // Nobody overtakes who waits.
        if queue.count(for: nil) == 0, let slot = pick(for: client, where: { _ in true }) {
            return .slot(slot, isStuck: false)
        }
        return isUsable ? .wait(nil) : .none
    }

    /// Takes no more sessions at the moment.
    func isFull(_ slot: Int) -> Bool {
        guard let server = servers[slot], let limit = sessionLimit(of: server) else { return false }
        return server.counters.current >= limit
    }

    /// With `minconn` it rises with the sessions of the backend, those that wait among them
    /// (HAProxy's `srv_dynamic_maxconn`).
    private func sessionLimit(of server: Server) -> Int? {
        guard let limit = server.sessionLimit, let most = server.maxConnections,
            let least = server.definition.minConnections, least < most
        else { return server.sessionLimit }
        let load = min(counters.current + queue.count + passing, fullConnections)
        let due = max(least, load * most / fullConnections)
        // While it comes back a part of that.
        return max(1, due * limit / most)
    }

    private func mayQueue(_ slot: Int) -> Bool {
        guard let limit = servers[slot]?.definition.maxQueue else { return true }
        return queue.count(for: slot) < limit
    }

    /// A session gives up waiting, or its client does.
    /// - Returns: the place that it had; `nil`: a grant for it is under way.
    package mutating func leaveQueue(
        _ ticket: QueueTicket,
        isTimeout: Bool
    ) -> QueuePosition? {
        guard let position = queue.remove(ticket) else { return nil }
        if isTimeout { counters.connectErrors += 1 }
        return position
    }

    /// Servers for those who wait, as far as there is room. After whatever may have made some.
    package mutating func takeGrants(now: Instant) -> [Grant] {
        guard queue.count > 0 else { return [] }
        forgive(now: now)
        for slot in queue.slots where servers[slot]?.takesChosen != true { queue.release(slot) }
        var grants: [Grant] = []
        while let grant = nextGrant(now) { grants.append(grant) }
        return grants
    }

    /// Of those who could go now the one who has waited longest.
    private mutating func nextGrant(_ now: Instant) -> Grant? {
        var candidates = queue.slots.filter { !isFull($0) }.compactMap { queue.first(for: $0) }
        if let free = queue.first(for: nil) { candidates.append(free) }
        for one in candidates.sorted(by: { $0.number < $1.number }) {
            let slot = one.slot ?? pick(for: one.client, where: { _ in true })
            guard let slot else { continue }
            let position = queue.serve(one)
            let key = stickKey(one.client, one.destination)
            return Grant(
                ticket: one.ticket,
                assignment: give(slot, isStuck: false, hasWaited: true, key: key, now: now),
                position: position
            )
        }
        return nil
    }
}
