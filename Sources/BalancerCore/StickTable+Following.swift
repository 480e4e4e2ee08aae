internal import Primitives

/// A table follows that of the other node: each page that is told replaces what the last one of
/// its number had brought, and when all pages have come, what none of them had goes.
extension StickTable {
    struct Following: Sendable {
        var source: StickSource?
        /// By place in the other table, the place of its copy here; -1: none.
        var copies: [Int32] = []
        /// Those that are not -1.
        var copied = 0
        /// Pages that have come, until that is all of them.
        var seen: [Bool] = []
        var seenCount = 0
        var isComplete = false

        /// Where an entry came from is true only as long as `copies` says the same.
        func isCopy(_ place: Int, _ origin: Int32) -> Bool {
            copies.indices.contains(Int(origin)) && copies[Int(origin)] == place
        }

        mutating func forget(_ place: Int, _ origin: Int32) {
            guard isCopy(place, origin) else { return }
            copies[Int(origin)] = -1
            copied -= 1
        }
    }

    private var mostPages: Int {
        (definition.size + StickPage.places - 1) / StickPage.places
    }

    /// - Parameter target: the server of a name here.
    /// - Returns: what was not taken, by the reason.
    mutating func adopt(
        _ excerpt: StickExcerpt,
        from source: StickSource,
        now: Instant,
        target: (String) -> Target?
    ) -> [StickDropReason: Int] {
        guard excerpt.key == definition.key else { return [.unknownTable: 1] }
        if source != following.source {
            // Until all of it has come, what is known already stays.
            following = Following()
            following.source = source
        }
        truncate(to: excerpt.pageCount)
        let pageCount = min(excerpt.pageCount, mostPages)
        var drops: [StickDropReason: Int] = [:]
        for page in excerpt.pages {
            guard page.id < pageCount else {
                drops[.tableFull, default: 0] += page.entries.count
                continue
            }
            adopt(page, now: now, target: target, &drops)
            note(page.id)
        }
        if !following.isComplete, following.seenCount == pageCount { completed() }
        return drops
    }

    private mutating func adopt(
        _ page: StickPage,
        now: Instant,
        target: (String) -> Target?,
        _ drops: inout [StickDropReason: Int]
    ) {
        let first = page.id * StickPage.places
        while following.copies.count < first + StickPage.places { following.copies.append(-1) }
        var rest = page.entries[...]
        for place in 0..<StickPage.places {
            let entry = rest.first?.place == place ? rest.popFirst() : nil
            let copy = Int(following.copies[first + place])
            let server = entry.flatMap { target($0.server) }
            if entry != nil, server == nil { drops[.unknownServer, default: 0] += 1 }
            guard let entry, let server, definition.expiry.map({ entry.age < $0 }) ?? true else {
                if copy >= 0 { remove(copy) }
                continue
            }
            if copy >= 0, entries[copy].key != entry.key { remove(copy) }
            guard self.place(of: entry.key) != nil || makeRoomForTold() else {
                drops[.tableFull, default: 0] += 1
                continue
            }
            let own = storeTold(entry.key, server, usedAt: now - entry.age)
            following.forget(own, entries[own].origin)
            following.copies[first + place] = Int32(own)
            following.copied += 1
            setOrigin(first + place, of: own)
        }
    }

    private mutating func note(_ page: Int) {
        guard !following.isComplete else { return }
        while following.seen.count <= page { following.seen.append(false) }
        guard !following.seen[page] else { return }
        following.seen[page] = true
        following.seenCount += 1
    }

    /// The other table has become smaller: it was cleared, or made anew by a reload.
    private mutating func truncate(to pageCount: Int) {
        let places = pageCount * StickPage.places
        guard places < following.copies.count else { return }
        guard places > 0 else {
            let source = following.source
            removeAll()
            following.source = source
            return
        }
        for copy in following.copies[places...] where copy >= 0 { remove(Int(copy)) }
        following.copies.removeLast(following.copies.count - places)
        while following.seen.count > pageCount {
            if following.seen.removeLast() { following.seenCount -= 1 }
        }
    }

    /// What nobody told is of the time before. Takes its time, once.
    private mutating func completed() {
        following.isComplete = true
        following.seen = []
        for place in entries.indices
        where !entries[place].isFree && !following.isCopy(place, entries[place].origin) {
            remove(place)
        }
    }
}
