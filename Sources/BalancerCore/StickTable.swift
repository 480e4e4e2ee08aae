internal import Primitives

/// Which server an address had last. Everything takes the same time, however full it is.
///
/// The entries form a list in the order of their last use, in which expiry has the same order: all
/// have the same time to live.
struct StickTable: Sendable {
    /// A server, by its slot, and by the number that tells it from others that have had the slot.
    struct Target: Sendable, Equatable {
        var slot: Int
        var serial: UInt64
    }

    private struct Entry: Sendable {
        var key: IPAddress
        var target: Target
        var usedAt: Instant
        /// Neighbours in the list; -1 at its ends.
        var newer = -1
        var older = -1
    }

    private(set) var definition: StickDefinition
    private var entries: [Entry] = []
    private var places: [IPAddress: Int] = [:]
    private var free: [Int] = []
    private var newest = -1
    private var oldest = -1

    init(_ definition: StickDefinition) {
        self.definition = definition
    }

    var count: Int { places.count }

    /// What is remembered of an address, which counts as a use of it.
    mutating func use(_ key: IPAddress, now: Instant) -> Target? {
        expire(now)
        guard let place = places[key] else { return nil }
        unlink(place)
        entries[place].usedAt = now
        link(place)
        return entries[place].target
    }

    mutating func store(_ key: IPAddress, _ target: Target, now: Instant) {
        expire(now)
        if let place = places[key] {
            unlink(place)
            entries[place].target = target
            entries[place].usedAt = now
            link(place)
            return
        }
        if count >= definition.size {
            guard definition.purges else { return }
            remove(oldest)
        }
        let entry = Entry(key: key, target: target, usedAt: now)
        let place = free.popLast() ?? entries.count
        if place == entries.count { entries.append(entry) } else { entries[place] = entry }
        places[key] = place
        link(place)
    }

    mutating func remove(_ key: IPAddress) {
        if let place = places[key] { remove(place) }
    }

    mutating func removeAll() { self = StickTable(definition) }

    /// A reload: what is remembered stays as far as it fits.
    mutating func redefine(_ new: StickDefinition) {
        // Addresses of clients say nothing about those that clients connect to.
        guard new.key == definition.key else { return self = StickTable(new) }
        definition = new
        while count > new.size { remove(oldest) }
    }

    /// All entries, the one used longest ago first, with the time that is left to each.
    func list(now: Instant) -> [(key: IPAddress, target: Target, left: Duration?)] {
        var result: [(key: IPAddress, target: Target, left: Duration?)] = []
        var place = oldest
        while place >= 0 {
            let entry = entries[place]
            let left = definition.expiry.map { max(.zero, $0 - (now - entry.usedAt)) }
            if left != .zero { result.append((entry.key, entry.target, left)) }
            place = entry.newer
        }
        return result
    }

    /// Forgets whose time is over.
    mutating func expire(_ now: Instant) {
        guard let expiry = definition.expiry else { return }
        while oldest >= 0, now - entries[oldest].usedAt >= expiry { remove(oldest) }
    }

    private mutating func remove(_ place: Int) {
        unlink(place)
        places[entries[place].key] = nil
        free.append(place)
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (entries[place].newer, entries[place].older)
        if newer >= 0 { entries[newer].older = older } else { newest = older }
        if older >= 0 { entries[older].newer = newer } else { oldest = newer }
    }

    private mutating func link(_ place: Int) {
        entries[place].newer = -1
        entries[place].older = newest
        if newest >= 0 { entries[newest].newer = place } else { oldest = place }
        newest = place
    }
}
