/// What an event or a completion is about: a generation, an index and what it is an index of.
struct Token {
    enum Kind: UInt8 {
        /// What can be done with a session's socket has changed.
        case client
        case server
        case listener
        case mailbox
        // Of io_uring only:
        /// Data of a session's socket, or the end of it.
        case clientData
        case serverData
        /// A send to a session's socket that did not take everything.
        case clientSend
        case serverSend
        /// A request whose outcome does not matter.
        case ignored
    }

    /// Sessions that a token can tell apart.
    static let indices = 1 << 28

    let rawValue: UInt64

    @inline(__always)
    init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    @inline(__always)
    init(_ kind: Kind, index: UInt32, generation: UInt32 = 0) {
        rawValue = UInt64(generation) << 32 | UInt64(index) << 4 | UInt64(kind.rawValue)
    }

    @inline(__always)
    var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: rawValue & 15)) ?? .ignored }
    @inline(__always)
    var index: Int { Int(rawValue >> 4 & 0xFFF_FFFF) }
    @inline(__always)
    var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
}
