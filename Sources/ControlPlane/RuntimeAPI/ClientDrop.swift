/// Why the runtime API closed a connection, or withheld a reply, that its client did not end.
package enum ClientDrop: String, Sendable, CaseIterable {
    /// No whole line within the time-out (`stats timeout`).
    case idle
    /// The client did not take its reply within the time-out.
    case notReading
    /// A line longer than the limit.
    case lineTooLong
    /// A reply longer than the limit was withheld; the connection went on.
    case replyTooLong
    /// More connections at a time than the limit (`stats maxconn`).
    case tooManyClients
    /// The client broke the connection off before it had its reply.
    case clientLeft
}
