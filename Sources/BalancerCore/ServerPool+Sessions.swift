package import Primitives

extension ServerPool {
    /// Picks a server for a client and counts the session in. A server other than `avoided` wins,
    /// a backup too; the avoided one is taken again only when it is the only usable one. `nil`: no
    /// server is usable. To avoid a server is to redispatch a session: it does not count as a new
    /// one of the backend. What a stick table remembers comes first, and not for a redispatch.
    ///
    /// - Parameter destination: what the client connected to, where the table is asked for that.
    package mutating func assign(
        for client: IPAddress,
        to destination: IPAddress? = nil,
        avoiding avoided: ServerID?,
        now: Instant
    ) -> Assignment? {
        if nextWarmUp != nil { warmUp(now: now) }
        forgive(now: now)
        let key = stickKey(client, destination)
        let stuck = avoided == nil ? key.flatMap { stuckSlot($0, now: now) } : nil
        guard
            let slot = stuck ?? pick(for: client, where: { $0 != avoided?.index })
                ?? (avoided == nil ? nil : pick(for: client, where: { _ in true })),
            servers[slot] != nil
        else {
            // A redispatch that finds nobody is not the end: the relay tries the old server again.
            if avoided == nil { counters.connectErrors += 1 }
            return nil
        }
        return give(slot, isNew: avoided == nil, isStuck: stuck != nil, key: key, now: now)
    }

    /// Counts a session in.
    /// - Parameters:
    ///   - isNew: for the backend too: it was not redispatched
    ///   - isStuck: the stick table has chosen the server
    ///   - hasWaited: it comes from the queue
    mutating func give(
        _ slot: Int,
        isNew: Bool = true,
        isStuck: Bool,
        hasWaited: Bool = false,
        key: IPAddress?,
        now: Instant
    ) -> Assignment {
        if let key, !isStuck { stick(key, to: slot, now: now) }
        let id = ServerID(index: slot)
        self[id].counters.assigned(isNew: true, isSelected: !isStuck, now: now)
        counters.assigned(
            isNew: isNew,
            isSelected: !isStuck,
            hasWaited: hasWaited,
            now: now
        )
        tellSessions(of: slot)
        let definition = self[id].definition
        return Assignment(
            server: id,
            endpoint: definition.endpoint,
            proxyProtocol: definition.proxyProtocol
        )
    }

    /// A server with room that is not left alone, if anybody else is usable.
    mutating func pick(for client: IPAddress, where isAdmissible: (Int) -> Bool) -> Int? {
        let shunned = shunned
        guard !shunned.isEmpty, hasOthers(than: shunned, where: isAdmissible) else {
            return pickOpen(for: client, where: isAdmissible)
        }
        return pickOpen(for: client) { isAdmissible($0) && shunned[$0] == nil }
    }

    /// A server with room. One that is full is not replaced by one of lower standing.
    private mutating func pickOpen(
        for client: IPAddress,
        where isAdmissible: (Int) -> Bool
    ) -> Int? {
        guard limitsServers else { return pickRegardless(for: client, where: isAdmissible) }
        let hasActives = usableSlots { !$0.definition.isBackup }.contains(where: isAdmissible)
        let open = Set(
            usableSlots { $0.definition.isBackup != hasActives }.filter { !isFull($0) }
        )
        return pickRegardless(for: client) { isAdmissible($0) && open.contains($0) }
    }

    mutating func pickRegardless(
        for client: IPAddress,
        where isAdmissible: (Int) -> Bool
    ) -> Int? {
        if let slot = actives.pick(for: client, where: isAdmissible) { return slot }
        guard !allBackups else { return backups.pick(for: client, where: isAdmissible) }
        return usableSlots { $0.definition.isBackup }.first(where: isAdmissible)
    }

    /// Brings the policies in line with a server's sessions.
    mutating func tellSessions(of slot: Int) {
        let number = servers[slot]?.counters.current ?? 0
        actives.setSessions(number, of: slot)
        backups.setSessions(number, of: slot)
    }

    /// A session, or its attempt to connect, has left the server. Returns the counts without it.
    package mutating func finished(
        _ id: ServerID,
        bytesToServer: UInt64,
        bytesToClient: UInt64,
        times: SessionTimes.Sample? = nil
    ) -> SessionCounts {
        counters.finished(
            bytesToServer: bytesToServer,
            bytesToClient: bytesToClient,
            times: times
        )
        self[id].counters.finished(
            bytesToServer: bytesToServer,
            bytesToClient: bytesToClient,
            times: times
        )
        tellSessions(of: id.index)
        defer { freeIfLeft(id.index) }
        return SessionCounts(backend: counters.current, server: self[id].counters.current)
    }

    /// A retired server without sessions gives its slot back.
    mutating func freeIfLeft(_ slot: Int) {
        guard let server = servers[slot], server.isRetired, server.counters.current == 0 else {
            return
        }
        servers[slot] = nil
    }
}
