package import Primitives

/// One address in a stick table, for `show table`.
package struct StickListing: Sendable, Equatable {
    package var key: IPAddress
    /// Until it is forgotten; `nil`: never.
    package var left: Duration?
    /// Its number in `show stat`, from 1, and its name; `nil`: it has left the configuration.
    package var server: (number: Int, name: String)?

    package static func == (left: StickListing, right: StickListing) -> Bool {
        left.key == right.key && left.left == right.left
            && left.server?.number == right.server?.number
            && left.server?.name == right.server?.name
    }
}

extension ServerPool {
    /// What the table of this backend is asked for.
    func stickKey(_ client: IPAddress, _ destination: IPAddress?) -> IPAddress? {
        switch stickTable?.definition.key {
        case .source: client
        case .destination: destination
        case nil: nil
        }
    }

    /// The slot of the server that the table remembers, if it may be used: also one that drains, or
    /// a backup while others are there, as in HAProxy (`srv_currently_usable`).
    mutating func stuckSlot(_ key: IPAddress, now: Instant) -> Int? {
        guard stickTable?.definition.matches == true,
            let target = stickTable?.use(key, now: now),
            let server = servers[target.slot], server.serial == target.serial,
            server.takesChosen, shunned[target.slot] == nil
        else { return nil }
        return target.slot
    }

    mutating func stick(_ key: IPAddress, to slot: Int, now: Instant) {
        guard stickTable?.definition.stores == true, let server = servers[slot],
            server.definition.isRemembered
        else { return }
        stickTable?.store(key, StickTable.Target(slot: slot, serial: server.serial), now: now)
    }

    /// The size of the table, and how many addresses it holds; `nil`: the backend has none.
    package mutating func stickTableUse(now: Instant) -> (size: Int, used: Int)? {
        stickTable?.expire(now)
        return stickTable.map { ($0.definition.size, $0.count) }
    }

    /// All addresses of the table, the one used longest ago first. Takes its time.
    package func stickListing(now: Instant) -> [StickListing] {
        let numbers = Dictionary(
            uniqueKeysWithValues: order.enumerated().map { ($0.element, $0.offset + 1) }
        )
        return (stickTable?.list(now: now) ?? []).map { key, target, left in
            var server: (number: Int, name: String)?
            if let known = servers[target.slot], known.serial == target.serial,
                let number = numbers[target.slot]
            {
                server = (number, known.definition.name)
            }
            return StickListing(key: key, left: left, server: server)
        }
    }

    /// `clear table`: one address, or all.
    package mutating func clearStickTable(_ key: IPAddress?) {
        if let key { stickTable?.remove(key) } else { stickTable?.removeAll() }
    }
}
