internal import Primitives

/// A table tells the other node what it holds: what has changed, and all of it again and again, so
/// that nothing that was lost on the way stays lost. Nothing is acknowledged.
extension StickTable {
    struct Telling: Sendable {
        /// The walk goes over a small table each second, over a larger one in ten, and over a very
        /// large one with this many pages a second.
        static let smallTable = 8
        static let largestShare = 640

        var due = DuePages()
        /// How many pages there are is to be told, even if none is due.
        var isAnnounced = false
        var walkedTo = 0
    }

    var pageCount: Int { (entries.count + StickPage.places - 1) / StickPage.places }

    /// The other node may know nothing.
    mutating func tellEverything() {
        for page in 0..<pageCount { telling.due.mark(page) }
        telling.isAnnounced = false
    }

    /// One second of the walk.
    mutating func walk() {
        telling.isAnnounced = false
        let share = max(
            min(pageCount, Telling.smallTable),
            min((pageCount + 9) / 10, Telling.largestShare)
        )
        for _ in 0..<share {
            telling.walkedTo = telling.walkedTo + 1 < pageCount ? telling.walkedTo + 1 : 0
            telling.due.mark(telling.walkedTo)
        }
    }

    /// What is to be told next; `nil`: nothing.
    /// - Parameters:
    ///   - limit: pages.
    ///   - name: of a server; `nil` for one that has left the configuration.
    mutating func takeDuePages(
        limit: Int,
        of backend: String,
        now: Instant,
        name: (Target) -> String?
    ) -> StickExcerpt? {
        guard telling.due.count > 0 || !telling.isAnnounced else { return nil }
        telling.isAnnounced = true
        var pages: [StickPage] = []
        while pages.count < limit, let id = telling.due.take() {
            // Of a table that was larger: how many pages there are says it.
            guard id < pageCount else { continue }
            pages.append(page(id, now: now, name: name))
        }
        return StickExcerpt(
            backend: backend,
            key: definition.key,
            pageCount: pageCount,
            pages: pages
        )
    }

    private mutating func page(
        _ id: Int,
        now: Instant,
        name: (Target) -> String?
    ) -> StickPage {
        var page = StickPage(id: id, entries: [])
        let first = id * StickPage.places
        for place in first..<min(first + StickPage.places, entries.count) {
            let entry = entries[place]
            guard !entry.isFree, !isOver(place, now), let server = name(entry.target) else {
                continue
            }
            page.entries.append(
                StickPage.Entry(
                    place: place - first,
                    key: entry.key,
                    server: server,
                    age: max(.zero, now - entry.usedAt)
                )
            )
            noteTold(place)
        }
        return page
    }
}
