/// What an epoll event names: a generation, an index and what it is an index of.
struct Token {
    enum Kind: UInt8 {
        case client
        case server
        case listener
        case mailbox
    }

    let rawValue: UInt64

    init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    init(_ kind: Kind, index: UInt32, generation: UInt32 = 0) {
        rawValue = UInt64(generation) << 32 | UInt64(index) << 2 | UInt64(kind.rawValue)
    }

    var kind: Kind { Kind(rawValue: UInt8(truncatingIfNeeded: rawValue & 3)) ?? .mailbox }
    var index: Int { Int(rawValue >> 2 & 0x3FFF_FFFF) }
    var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
}
