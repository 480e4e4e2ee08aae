/// Who waits for a server: the relay's name for a session. Here it is only compared and given back.
package struct QueueTicket: Hashable, Sendable {
    package let worker: UInt32
    package let index: UInt32
    package let generation: UInt32

    package init(worker: UInt32, index: UInt32, generation: UInt32) {
        self.worker = worker
        self.index = index
        self.generation = generation
    }
}

/// Which place a session had in the queue: one more than went from it to a server while it waited
/// (`%sq`, `%bq`).
package struct QueuePosition: Equatable, Sendable {
    package let number: UInt32
    /// In the line for one server, and not in that for any.
    package let isOfServer: Bool

    package init(number: UInt32, isOfServer: Bool) {
        self.number = number
        self.isOfServer = isOfServer
    }
}

/// What becomes of a session that wants a server.
package enum Placement: Sendable, Equatable {
    case assigned(Assignment)
    /// All servers that it may have are full (`maxconn`): a `Grant` follows, or `leaveQueue`.
    case queued
    /// No server is usable.
    case refused
}

/// A session that waited has a server, and counts as one of its sessions: whoever cannot deliver
/// this owes `finished` for it.
package struct Grant: Sendable, Equatable {
    package let ticket: QueueTicket
    package let assignment: Assignment
    package let position: QueuePosition
}

/// A session has left its server: the counts without it, and who comes in its place.
package struct Departure: Sendable {
    package let counts: SessionCounts
    package let grants: [Grant]
}
