internal import Primitives

/// Which server an address had last. Everything that a session asks takes the same time, however
/// full it is.
///
/// What was used here forms a line in the order of its last use, in which expiry has the same
/// order: all have the same time to live. What the other node told and nobody has used here since
/// stands in a line of its own, in the order in which it came.
struct StickTable: Sendable {
    /// A server, by its slot, and by the number that tells it from others that have had the slot.
    struct Target: Sendable, Equatable {
        var slot: Int
        var serial: UInt64
    }

    struct Entry: Sendable {
        var key: IPAddress
        var target: Target
        var usedAt: Instant
        /// What the other node knows of `usedAt`, if this one tells.
        var toldUse: Instant
        /// Its place in the table of the node that told it; see `isCopy`.
        var origin: Int32 = -1
        /// Neighbours in its line; -1 at the ends.
        var newer: Int32 = -1
        var older: Int32 = -1
        var isTold: Bool
        var isFree = false
    }

    /// Both ends of a line of entries; -1: there is none.
    struct Line: Sendable {
        var newest: Int32 = -1
        var oldest: Int32 = -1
        var count = 0
    }

    private(set) var definition: StickDefinition
    private(set) var entries: [Entry] = []
    private var places: [IPAddress: Int] = [:]
    private var free: [Int] = []
    private var used = Line()
    private var told = Line()
    /// See StickTable+Telling.swift.
    var telling = Telling()
    /// See StickTable+Following.swift.
    var following = Following()

    init(_ definition: StickDefinition) {
        self.definition = definition
    }

    var count: Int { places.count }

    func place(of key: IPAddress) -> Int? { places[key] }

    /// What is remembered of an address, which counts as a use of it.
    mutating func use(_ key: IPAddress, now: Instant) -> Target? {
        expire(now)
        guard let place = places[key] else { return nil }
        guard !isOver(place, now) else {
            remove(place)
            return nil
        }
        touch(place, now: now)
        return entries[place].target
    }

    mutating func store(_ key: IPAddress, _ target: Target, now: Instant) {
        expire(now)
        if let place = places[key] {
            entries[place].target = target
            touch(place, now: now)
            telling.due.mark(place / StickPage.places)
            return
        }
        if count >= definition.size {
            guard definition.purges else { return }
            remove(Int(told.oldest >= 0 ? told.oldest : used.oldest))
        }
        insert(Entry(key: key, target: target, usedAt: now, toldUse: now, isTold: false))
    }

    mutating func remove(_ key: IPAddress) {
        if let place = places[key] { remove(place) }
    }

    mutating func removeAll() { self = StickTable(definition) }

    /// A reload: what is remembered stays as far as it fits.
    mutating func redefine(_ new: StickDefinition) {
        // Addresses of clients say nothing about those that clients connect to.
        guard new.key == definition.key else { return self = StickTable(new) }
        guard new.size < entries.count else {
            definition = new
            return
        }
        // No place beyond the size: the other node has none there either.
        let all = byUse
        self = StickTable(new)
        for entry in all.suffix(new.size) { store(entry.key, entry.target, now: entry.usedAt) }
    }

    /// All entries, the one used longest ago first, with the time that is left to each.
    func list(now: Instant) -> [(key: IPAddress, target: Target, left: Duration?)] {
        byUse.compactMap { entry in
            let left = definition.expiry.map { max(.zero, $0 - (now - entry.usedAt)) }
            return left == .zero ? nil : (entry.key, entry.target, left)
        }
    }

    /// The one used longest ago first.
    private var byUse: [Entry] {
        var all: [Entry] = []
        for line in [told, used] {
            var place = line.oldest
            while place >= 0 {
                all.append(entries[Int(place)])
                place = entries[Int(place)].newer
            }
        }
        return all.sorted { $0.usedAt < $1.usedAt }
    }

    /// Forgets whose time is over, of what was used here.
    mutating func expire(_ now: Instant) {
        while used.oldest >= 0, isOver(Int(used.oldest), now) { remove(Int(used.oldest)) }
    }

    /// Forgets whose time is over, of what was told: that stands in no order of time, so it is
    /// gone through by and by.
    /// - Parameter limit: entries that are looked at.
    mutating func expireTold(limit: Int, now: Instant) {
        guard definition.expiry != nil else { return }
        for _ in 0..<min(limit, told.count) {
            let place = Int(told.oldest)
            if isOver(place, now) {
                remove(place)
            } else {
                unlink(place)
                link(place)
            }
        }
    }

    func isOver(_ place: Int, _ now: Instant) -> Bool {
        definition.expiry.map { now - entries[place].usedAt >= $0 } ?? false
    }

    private mutating func touch(_ place: Int, now: Instant) {
        unlink(place)
        entries[place].usedAt = now
        entries[place].isTold = false
        link(place)
        // Or it would be over there while it is in use here; the walk alone may take longer.
        guard let expiry = definition.expiry, (now - entries[place].toldUse) * 4 >= expiry else {
            return
        }
        telling.due.mark(place / StickPage.places)
    }

    @discardableResult
    private mutating func insert(_ entry: Entry) -> Int {
        let place = free.popLast() ?? entries.count
        if place == entries.count { entries.append(entry) } else { entries[place] = entry }
        places[entry.key] = place
        link(place)
        telling.due.mark(place / StickPage.places)
        return place
    }

    mutating func remove(_ place: Int) {
        unlink(place)
        following.forget(place, entries[place].origin)
        places[entries[place].key] = nil
        entries[place].isFree = true
        free.append(place)
        telling.due.mark(place / StickPage.places)
    }

    private mutating func unlink(_ place: Int) {
        let entry = entries[place]
        if entry.newer >= 0 { entries[Int(entry.newer)].older = entry.older }
        if entry.older >= 0 { entries[Int(entry.older)].newer = entry.newer }
        change(entry.isTold) { line in
            line.count -= 1
            if entry.newer < 0 { line.newest = entry.older }
            if entry.older < 0 { line.oldest = entry.newer }
        }
    }

    private mutating func link(_ place: Int) {
        let isTold = entries[place].isTold
        let before = isTold ? told.newest : used.newest
        entries[place].newer = -1
        entries[place].older = before
        if before >= 0 { entries[Int(before)].newer = Int32(place) }
        change(isTold) { line in
            line.count += 1
            line.newest = Int32(place)
            if before < 0 { line.oldest = Int32(place) }
        }
    }

    private mutating func change(_ isTold: Bool, _ body: (inout Line) -> Void) {
        if isTold { body(&told) } else { body(&used) }
    }
}

/// What the other node told.
extension StickTable {
    /// Room for one more, also where the table takes no new ones: what was only found out here
    /// goes first. `false`: everything here was told.
    mutating func makeRoomForTold() -> Bool {
        guard count >= definition.size else { return true }
        if used.oldest >= 0 {
            remove(Int(used.oldest))
            return true
        }
        guard definition.purges, told.oldest >= 0 else { return false }
        remove(Int(told.oldest))
        return true
    }

    /// Puts an entry behind all that were told. There is room for it.
    /// - Returns: its place
    mutating func storeTold(_ key: IPAddress, _ target: Target, usedAt: Instant) -> Int {
        guard let place = places[key] else {
            return insert(
                Entry(key: key, target: target, usedAt: usedAt, toldUse: usedAt, isTold: true)
            )
        }
        unlink(place)
        entries[place].target = target
        entries[place].usedAt = max(entries[place].usedAt, usedAt)
        entries[place].isTold = true
        link(place)
        return place
    }

    mutating func setOrigin(_ origin: Int, of place: Int) {
        entries[place].origin = Int32(origin)
    }

    mutating func noteTold(_ place: Int) { entries[place].toldUse = entries[place].usedAt }
}
