/// One side of a session: its socket, and what was read from it and not yet taken by the other
/// side.
///
/// Plain old data: zero bytes are not a valid side, `Side.empty` is.
@safe struct Side {
    /// First and last of the buffers with bytes that the other side did not take.
    var held: ChunkPointer?
    var heldLast: ChunkPointer?
    /// Bytes read from this socket.
    var received: UInt64
    /// -1 for none.
    var descriptor: Int32
    /// Bytes that wait in the pipe.
    var piped: UInt32
    /// When data last moved from or to it, in milliseconds of the worker's clock (wraps).
    var lastActivity: UInt32
    /// Number in the worker's pool of pipes, or -1.
    var pipe: Int16
    var flags: SideFlags
    /// Full or refused chunks in a row while copying, small ones while splicing.
    var streak: UInt8

    static var empty: Side {
        unsafe Side(
            held: nil,
            heldLast: nil,
            received: 0,
            descriptor: -1,
            piped: 0,
            lastActivity: 0,
            pipe: -1,
            flags: [],
            streak: 0
        )
    }

    /// The other side has not taken all that was read.
    var isPending: Bool { unsafe held != nil || piped != 0 }
}

enum SessionPhase: UInt8 {
    case free
    /// The connection has to say who its client is.
    case introducing
    case connecting
    /// For a server with room.
    case queued
    /// For another attempt at the same server.
    case waiting
    case relaying
}

/// One client connection and its connection to a server. Plain old data in the worker's slab.
package struct Session {
    // The sides come first and together: see `side(_:_:)`.
    var client: Side
    var server: Side
    /// Links of the timer wheel, or of the free list; `SessionSlab.none` ends a list.
    var timerNext: UInt32
    var timerPrevious: UInt32
    /// The tick at which the wheel looks at the session.
    var timerTick: UInt32
    var readyNext: UInt32
    var readyPrevious: UInt32
    /// Different for each life of the slot, and each time that it begins to stream: an event for an
    /// earlier one is dropped.
    package var generation: UInt32
    var acceptedAt: Int64
    /// From acceptance until the connection to the server stood, in microseconds; all ones: never.
    var connectMicroseconds: UInt32
    /// All ones for none.
    var serverSlot: UInt16
    var frontend: UInt16
    /// All ones for none.
    var backend: UInt16
    var timerSlot: UInt8
    var phase: SessionPhase
    var retries: UInt8
    var flags: SessionFlags
    /// Events in a row that brought a small piece of data each (io_uring).
    var calm: UInt8
    /// Its place in the queue was one for a server, not for any.
    var waitedForServer: Bool
    var clientAddress: PlainEndpoint
    /// How long it waited for a server with room.
    var queuedMilliseconds: UInt32
    /// See `QueuePosition`; 0: it did not wait.
    var queuePosition: UInt32
    var serverAddress: PlainEndpoint
}

struct SessionFlags: OptionSet {
    let rawValue: UInt8

    static let timed = SessionFlags(rawValue: 1 << 0)
    static let ready = SessionFlags(rawValue: 1 << 1)
    static let redispatched = SessionFlags(rawValue: 1 << 2)
    /// A server was assigned, and `Backend.finished` is owed.
    static let assigned = SessionFlags(rawValue: 1 << 3)
    /// A connect was started at least once.
    static let attempted = SessionFlags(rawValue: 1 << 4)
    /// Data comes in completions, and not when readiness says so (io_uring).
    static let streaming = SessionFlags(rawValue: 1 << 5)
    /// The server wants to be told of the client first, in one of the two versions.
    static let sendsProxyVersion1 = SessionFlags(rawValue: 1 << 6)
    static let sendsProxyVersion2 = SessionFlags(rawValue: 1 << 7)
    static let sendsProxy: SessionFlags = [.sendsProxyVersion1, .sendsProxyVersion2]
}

/// Which side of a session.
enum Which: UInt8 {
    case client = 0
    case server = 1

    var other: Which { self == .client ? .server : .client }
}

package typealias SessionPointer = UnsafeMutablePointer<Session>
typealias SidePointer = UnsafeMutablePointer<Side>

/// The sides are the first two fields of a session, in order: their layout is that of an array.
@inline(__always)
func side(_ session: SessionPointer, _ which: Which) -> SidePointer {
    unsafe UnsafeMutableRawPointer(session).assumingMemoryBound(to: Side.self) + Int(which.rawValue)
}
