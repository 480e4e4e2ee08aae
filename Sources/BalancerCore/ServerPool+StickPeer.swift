package import Primitives

/// The stick table and the other node of a pair: the one that serves tells, the other one follows.
extension ServerPool {
    /// The other node may know nothing.
    package mutating func tellStickTable() { stickTable?.tellEverything() }

    /// Once a second, while this node tells; see `StickTable.Telling`.
    package mutating func walkStickTable() { stickTable?.walk() }

    /// What the other node is to be told next; `nil`: nothing.
    /// - Parameter limit: pages.
    package mutating func takeStickPages(limit: Int, now: Instant) -> StickExcerpt? {
        let (backend, servers) = (name, servers)
        return stickTable?.takeDuePages(limit: limit, of: backend, now: now) { target in
            guard let server = servers[target.slot], server.serial == target.serial,
                !server.isRetired
            else { return nil }
            return server.definition.name
        }
    }

    /// The other node, which serves, has told this. Returns what was not taken, by the reason.
    package mutating func adopt(
        _ excerpt: StickExcerpt,
        from source: StickSource,
        now: Instant
    ) -> [StickDropReason: Int] {
        guard stickTable != nil else { return [.unknownTable: 1] }
        var targets: [String: StickTable.Target] = [:]
        for slot in order {
            guard let server = servers[slot] else { continue }
            targets[server.definition.name] = .init(slot: slot, serial: server.serial)
        }
        return stickTable?.adopt(excerpt, from: source, now: now) { targets[$0] } ?? [:]
    }

    /// Forgets whose time is over, of what was told a thousand at a time.
    package mutating func ageStickTable(now: Instant) {
        stickTable?.expire(now)
        stickTable?.expireTold(limit: 1024, now: now)
    }

    package var stickStanding: StickStanding? {
        stickTable.map { table in
            var standing = StickStanding()
            standing.entries = table.count
            standing.untold = min(table.count, table.telling.due.count * StickPage.places)
            standing.copies = table.following.copied
            standing.isComplete = table.following.isComplete
            return standing
        }
    }
}
