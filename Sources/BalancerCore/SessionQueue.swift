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
            slot: slot
        )
        lines[slot, default: Line()].append(ticket, lastNumber)
    }

    /// - Returns: whether it was there
    @discardableResult
    mutating func remove(_ ticket: QueueTicket) -> Bool {
        guard let gone = waiting.removeValue(forKey: ticket) else { return false }
        let rest = waiting
        lines[gone.slot]?.leave { rest[$0]?.number == $1 }
        if count(for: gone.slot) == 0 { lines[gone.slot] = nil }
        return true
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
            lines[nil, default: Line()].append(ticket, one.number)
        }
        lines[nil]?.sort()
    }
}
