package import Heartbeat
package import Primitives

/// What this node knows of the other one's sessions. Its memory is bounded by `LedgerLimits`.
package struct LedgerReader: Sendable {
    /// A request is not repeated sooner: its answer takes time.
    static let requestPause: Duration = .milliseconds(150)

    private var boot: UInt64 = 0
    private var highestSequence: UInt64 = 0
    private var pages: [UInt32: LedgerPage] = [:]
    private var digest = LedgerDigest()
    private var requestedAt: Instant?
    /// Whether the last digest found nothing missing.
    package private(set) var isComplete = false
    /// Pages beyond the limit that were passed over.
    package private(set) var overflows: UInt64 = 0

    package init() {}

    package var sessions: Int { Int(digest.sessions) }

    /// All that is known, and nothing is known afterwards.
    package mutating func takeTuples() -> [SessionTuple] {
        let tuples = pages.values.flatMap(\.tuples)
        pages = [:]
        digest = LedgerDigest()
        isComplete = false
        return tuples
    }

    /// Takes in a frame of the peer, which was believed already; a boot other than the last one
    /// begins a new ledger.
    /// - Returns: the groups to ask for, 0 for none.
    package mutating func receive(
        _ frame: LedgerFrame,
        now: Instant
    ) throws(FrameDecodingError) -> UInt64 {
        if frame.bootID != boot {
            self = LedgerReader()
            boot = frame.bootID
        }
        guard frame.sequence > highestSequence else { throw .init(.replayed) }
        highestSequence = frame.sequence
        switch frame.message {
        case .pages(let pages):
            for page in pages { store(page) }
            return 0
        case .digest(let told):
            let missing = told.differences(from: digest)
            isComplete = missing == 0
            guard missing != 0, requestedAt.map({ now - $0 >= Self.requestPause }) ?? true else {
                return 0
            }
            requestedAt = now
            return missing
        case .request, .sticks:
            return 0
        }
    }

    private mutating func store(_ page: LedgerPage) {
        let before = pages[page.id]
        guard before != nil || pages.count < LedgerLimits.pages else {
            overflows += 1
            return
        }
        if let before {
            digest.remove(before.id, version: before.version, sessions: before.tuples.count)
        }
        digest.add(page.id, version: page.version, sessions: page.tuples.count)
        pages[page.id] = page.tuples.isEmpty ? nil : page
    }
}
