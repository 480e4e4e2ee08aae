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
        var count = 0

        mutating func append(_ ticket: QueueTicket, _ number: UInt64) {
            places.append((ticket, number))
            count += 1
        }

        /// The first who has not left.
        mutating func first(_ isThere: (QueueTicket, UInt64) -> Bool) -> QueueTicket? {
            while head < places.count, !isThere(places[head].ticket, places[head].number) {
                head += 1
            }
            guard head < places.count else {
                places = []
                head = 0
                return nil
            }
            return places[head].ticket
        }

        mutating func shrink(_ isThere: (QueueTicket, UInt64) -> Bool) {
            guard places.count > 2 * count + 64 else { return }
            places = places[head...].filter { isThere($0.ticket, $0.number) }
            head = 0
        }

        mutating func sort() {
            places.sort { $0.number < $1.number }
        }
    }

    private var waiting: [QueueTicket: Waiting] = [:]
    private var anywhere = Line()
    private var lines: [Int: Line] = [:]
    private var lastNumber: UInt64 = 0

    /// Of all, of those who take any server, and of those who want this one.
    var count: Int { waiting.count }
    var countAnywhere: Int { anywhere.count }
    func count(of slot: Int) -> Int { lines[slot]?.count ?? 0 }

    /// Servers that somebody waits for.
    var slots: [Int] { lines.filter { $0.value.count > 0 }.keys.sorted() }

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
        if let slot {
            lines[slot, default: Line()].append(ticket, lastNumber)
        } else {
            anywhere.append(ticket, lastNumber)
        }
    }

    /// - Returns: whether it was there
    @discardableResult
    mutating func remove(_ ticket: QueueTicket) -> Bool {
        guard let gone = waiting.removeValue(forKey: ticket) else { return false }
        let rest = waiting
        let isThere: (QueueTicket, UInt64) -> Bool = { rest[$0]?.number == $1 }
        if let slot = gone.slot {
            lines[slot]?.count -= 1
            if lines[slot]?.count == 0 { lines[slot] = nil } else { lines[slot]?.shrink(isThere) }
        } else {
            anywhere.count -= 1
            anywhere.shrink(isThere)
        }
        return true
    }

    /// The one who has waited longest for any server, or for this one.
    mutating func first(for slot: Int?) -> Waiting? {
        let waiting = waiting
        let isThere: (QueueTicket, UInt64) -> Bool = { ticket, number in
            waiting[ticket].map { $0.number == number && $0.slot == slot } ?? false
        }
        let ticket = slot == nil ? anywhere.first(isThere) : lines[slot ?? 0]?.first(isThere)
        return ticket.flatMap { waiting[$0] }
    }

    /// Those who wait for a server take any from now on, in their order of arrival.
    mutating func release(_ slot: Int) {
        guard lines.removeValue(forKey: slot) != nil else { return }
        for (ticket, one) in waiting where one.slot == slot {
            waiting[ticket]?.slot = nil
            anywhere.append(ticket, one.number)
        }
        anywhere.sort()
    }
}
