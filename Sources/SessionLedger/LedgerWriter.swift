package import Primitives

/// What this node tells the other one of its own sessions: which pages are due, and when.
///
/// Changes are gathered: a page that changes often is sent no more often than it is asked for, and
/// a session that comes and goes in between is never told. Nothing is acknowledged: digests tell
/// the other node what it should have, and it asks for what it lacks.
package struct LedgerWriter: Sendable {
    /// Between two digests while nothing happens.
    static let digestPause: Duration = .seconds(1)
    /// From the last page of a burst to the digest that lets its losses be found.
    static let digestDelay: Duration = .milliseconds(100)

    private struct Sent {
        var version: UInt32 = 0
        var sessions = 0
        /// Something has changed since: another version is due. What is only sent again keeps its
        /// own, or a copy that the other node has would count as missing when the second is lost.
        var isStale = true
    }

    /// Every page that ever had a session, as it was told last.
    private var sent: [UInt32: Sent] = [:]
    /// In the order in which they became due; those before `head` were sent.
    private var queue: [UInt32] = []
    private var head = 0
    private var due: Set<UInt32> = []
    private var digest = LedgerDigest()
    private var digestDueAt: Instant
    /// Changes of pages beyond `LedgerLimits.pages`, which are told to nobody.
    package private(set) var untold: UInt64 = 0

    package init(now: Instant) { digestDueAt = now }

    /// Sessions that the other node knows of if nothing was lost.
    package var told: Int { Int(digest.sessions) }

    package var isBehind: Bool { !due.isEmpty }

    /// Something of this page has changed.
    package mutating func changed(page: UInt32) {
        if sent[page] == nil {
            guard sent.count < LedgerLimits.pages else {
                untold += 1
                return
            }
            sent[page] = Sent()
        }
        sent[page]?.isStale = true
        enqueue(page)
    }

    private mutating func enqueue(_ page: UInt32) {
        if due.insert(page).inserted { queue.append(page) }
    }

    private mutating func dequeue() {
        due.remove(queue[head])
        head += 1
        guard due.isEmpty || head > LedgerLimits.pages else { return }
        queue.removeFirst(head)
        head = 0
    }

    /// The other node lacks these groups.
    package mutating func requested(groups: UInt64) {
        for page in sent.keys where groups >> UInt64(LedgerDigest.group(of: page)) & 1 == 1 {
            enqueue(page)
        }
    }

    /// The other node has begun a new life and knows nothing.
    package mutating func peerIsNew(now: Instant) { digestDueAt = now }

    /// When the next message is due; now, if pages wait.
    package func nextAt(now: Instant) -> Instant { due.isEmpty ? digestDueAt : now }

    /// The next messages, as many as one burst may have.
    /// - Parameters:
    ///   - limit: datagrams.
    ///   - content: the sessions of a page at this moment, 16 at most.
    package mutating func messages(
        limit: Int,
        now: Instant,
        content: (UInt32) -> [SessionTuple]
    ) -> [LedgerMessage] {
        var messages: [LedgerMessage] = []
        var pages: [LedgerPage] = []
        var room = LedgerCodec.bodyLimit
        while head < queue.count {
            let id = queue[head]
            let last = sent[id] ?? Sent()
            let page = LedgerPage(
                id: id,
                version: last.isStale ? last.version &+ 1 : last.version,
                tuples: content(id)
            )
            let length = LedgerCodec.length(of: page)
            if length > room {
                messages.append(.pages(pages))
                (pages, room) = ([], LedgerCodec.bodyLimit)
                if messages.count == limit { break }
            }
            dequeue()
            note(page)
            pages.append(page)
            room -= length
        }
        if !pages.isEmpty { messages.append(.pages(pages)) }
        if !messages.isEmpty { digestDueAt = min(digestDueAt, now + Self.digestDelay) }
        if due.isEmpty, now >= digestDueAt, messages.count < limit {
            messages.append(.digest(digest))
            digestDueAt = now + Self.digestPause
        }
        return messages
    }

    private mutating func note(_ page: LedgerPage) {
        let before = sent[page.id] ?? Sent()
        digest.remove(page.id, version: before.version, sessions: before.sessions)
        digest.add(page.id, version: page.version, sessions: page.tuples.count)
        sent[page.id] = Sent(
            version: page.version,
            sessions: page.tuples.count,
            isStale: false
        )
    }
}
