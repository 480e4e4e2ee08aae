internal import Primitives

/// Sessions that wait because servers are full, in the order in which they came: for one server,
/// which a stick table or a hash has chosen, or for any.
///
/// Everything takes constant time, seen over many calls: who has left stays in its line until that
/// comes to it, or is half empty.
struct SessionQueue: Sendable {
    struct Waiting: Sendable {
        let ticket: QueueTicket
        /// In the order of arrival.
        let number: UInt64
        let client: IPAddress
        let destination: IPAddress?
        /// The only server that will do; `nil`: any.
        fileprivate(set) var slot: Int?
        /// How many its line had let go when it came to it.
        fileprivate var servedBefore: UInt64
    }

    private struct Line: Sendable {
        private var places: [(ticket: QueueTicket, number: UInt64)] = []
        private var head = 0
        /// Of those in it, who have not left.
        private(set) var count = 0

        mutating func append(_ ticket: QueueTicket, _ number: UInt64) {
            places.append((ticket, number))
            count += 1
        }

        /// The first who has not left.
        mutating func first(_ isThere: (QueueTicket, UInt64) -> Bool) -> QueueTicket? {
            while head < places.count, !isThere(places[head].ticket, places[head].number) {
                head += 1
            }
            return head < places.count ? places[head].ticket : nil
        }

        /// One has left.
        mutating func leave(_ isThere: (QueueTicket, UInt64) -> Bool) {
            count -= 1
            guard places.count > 2 * count + 64 else { return }
            places = places[head...].filter { isThere($0.ticket, $0.number) }
            head = 0
        }

        mutating func sort() {
            // Who has come in behind may belong before those that the head has passed.
            places.removeFirst(head)
            head = 0
            places.sort { $0.number < $1.number }
        }
    }

    private var waiting: [QueueTicket: Waiting] = [:]
    /// By the server that is waited for; under `nil`, those who take any.
    private var lines: [Int?: Line] = [:]
    private var lastNumber: UInt64 = 0
    /// How many went to a server, by line.
    private var served: [Int?: UInt64] = [:]

    /// Of all, and of those who want this server or, with `nil`, any.
    var count: Int { waiting.count }
    func count(for slot: Int?) -> Int { lines[slot]?.count ?? 0 }

    /// Servers that somebody waits for.
    var slots: [Int] { lines.keys.compactMap(\.self).sorted() }

    mutating func add(
        _ ticket: QueueTicket,
        _ client: IPAddress,
        _ destination: IPAddress?,
        for slot: Int?
    ) {
        precondition(waiting[ticket] == nil, "a session waits twice")
        lastNumber += 1
        waiting[ticket] = Waiting(
            ticket: ticket,
            number: lastNumber,
            client: client,
            destination: destination,
            slot: slot,
            servedBefore: served[slot] ?? 0
        )
        lines[slot, default: Line()].append(ticket, lastNumber)
    }

    /// It gets a server.
    mutating func serve(_ one: Waiting) -> QueuePosition {
        guard let position = remove(one.ticket) else { preconditionFailure("nobody waits") }
        served[one.slot, default: 0] += 1
        return position
    }

    /// - Returns: its place; `nil`: it was not there
    mutating func remove(_ ticket: QueueTicket) -> QueuePosition? {
        guard let gone = waiting.removeValue(forKey: ticket) else { return nil }
        let rest = waiting
        lines[gone.slot]?.leave { rest[$0]?.number == $1 }
        if count(for: gone.slot) == 0 { lines[gone.slot] = nil }
        let passed = (served[gone.slot] ?? 0) - gone.servedBefore
        return QueuePosition(
            number: UInt32(clamping: passed + 1),
            isOfServer: gone.slot != nil
        )
    }

    /// The one who has waited longest for this server or, with `nil`, for any.
    mutating func first(for slot: Int?) -> Waiting? {
        let all = waiting
        return lines[slot]?.first { all[$0]?.number == $1 }.flatMap { all[$0] }
    }

    /// Those who wait for a server take any from now on, in their order of arrival.
    mutating func release(_ slot: Int) {
        guard lines.removeValue(forKey: slot) != nil else { return }
        for (ticket, one) in waiting where one.slot == slot {
            waiting[ticket]?.slot = nil
            waiting[ticket]?.servedBefore = served[nil] ?? 0
            lines[nil, default: Line()].append(ticket, one.number)
        }
        lines[nil]?.sort()
    }
}
