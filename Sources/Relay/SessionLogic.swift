// The rules of a session that no engine can change: when it is idle for too long, when it is over,
// what follows a failed connect. Nothing here waits, reads a clock or touches a descriptor.

/// What a session waits for, and until when.
struct Deadline {
    enum Reason: UInt8 {
        case clientIdle
        case serverIdle
        case introduction
        case connect
        case queue
        case retry
    }

    /// Milliseconds from now; 0 or less: it is over.
    var remaining: Int32
    var reason: Reason
}

/// How moving data for a session went on.
enum Progress: UInt8 {
    /// The session lives.
    case goesOn
    /// Both ends of stream were passed on.
    case complete
    case clientReset
    case serverReset

    static func reset(_ which: Which) -> Progress {
        which == .client ? .clientReset : .serverReset
    }
}

/// The nearest deadline of the session; `nil`: it may last for ever.
func deadline(
    _ session: SessionPointer,
    _ frontend: FrontendSettings,
    _ backend: BackendSettings,
    milliseconds now: UInt32
) -> Deadline? {
    switch unsafe session.pointee.phase {
    case .free:
        return nil
    case .introducing:
        guard frontend.clientTimeout != 0 else { return nil }
        return unsafe Deadline(
            remaining: left(session.pointee.client, frontend.clientTimeout, now),
            reason: .introduction
        )
    case .connecting:
        guard backend.connectTimeout != 0 else { return nil }
        return unsafe Deadline(
            remaining: left(session.pointee.server, backend.connectTimeout, now),
            reason: .connect
        )
    case .queued:
        guard backend.queueTimeout != 0 else { return nil }
        return unsafe Deadline(
            remaining: left(session.pointee.server, backend.queueTimeout, now),
            reason: .queue
        )
    case .waiting:
        var pause = RelayLimits.retryPauseMilliseconds
        if backend.connectTimeout != 0 { pause = min(pause, backend.connectTimeout) }
        return unsafe Deadline(remaining: left(session.pointee.server, pause, now), reason: .retry)
    case .relaying:
        let client = unsafe timeout(
            side(session, .client),
            toward: side(session, .server),
            plain: frontend.clientTimeout,
            fin: frontend.clientFinTimeout,
            tunnel: backend.tunnelTimeout
        )
        let server = unsafe timeout(
            side(session, .server),
            toward: side(session, .client),
            plain: backend.serverTimeout,
            fin: backend.serverFinTimeout,
            tunnel: backend.tunnelTimeout
        )
        let clientLeft = unsafe client == 0 ? Int32.max : left(session.pointee.client, client, now)
        let serverLeft = unsafe server == 0 ? Int32.max : left(session.pointee.server, server, now)
        if client == 0, server == 0 { return nil }
        return clientLeft <= serverLeft
            ? Deadline(remaining: clientLeft, reason: .clientIdle)
            : Deadline(remaining: serverLeft, reason: .serverIdle)
    }
}

/// HAProxy's rule: a side is timed while it is expected to send or to acknowledge; `-fin` when one
/// of its directions is closed, else `tunnel`, else its own. 0: not timed.
private func timeout(
    _ side: SidePointer,
    toward other: SidePointer,
    plain: UInt32,
    fin: UInt32,
    tunnel: UInt32
) -> UInt32 {
    let ends: SideFlags = [.readEnded, .writeEnded]
    let sends = unsafe !side.pointee.flags.contains(.readEnded) && !side.pointee.isPending
    let acknowledges = unsafe other.pointee.isPending
    guard sends || acknowledges else { return 0 }
    if fin != 0, unsafe !side.pointee.flags.isDisjoint(with: ends) { return fin }
    return tunnel != 0 ? tunnel : plain
}

/// The clock wraps after 49 days; a difference below 24 days is right all the same.
private func left(_ side: Side, _ timeout: UInt32, _ now: UInt32) -> Int32 {
    Int32(bitPattern: side.lastActivity &+ timeout &- now)
}

/// The end of `from`'s stream was read, and all before it delivered. What is to be done for the
/// other side?
enum EndOfStream: UInt8 {
    /// Nothing: data is pending, or it was done before.
    case nothing
    /// Its writing direction is to be closed.
    case passOn
    /// Both directions are at their end: the session is complete.
    case complete
}

func endOfStream(_ session: SessionPointer, from which: Which) -> EndOfStream {
    let from = unsafe side(session, which)
    let to = unsafe side(session, which.other)
    guard unsafe from.pointee.flags.contains(.readEnded), unsafe !from.pointee.isPending,
        unsafe !to.pointee.flags.contains(.writeEnded)
    else { return .nothing }
    unsafe to.pointee.flags.insert(.writeEnded)
    return unsafe from.pointee.flags.contains(.writeEnded) ? .complete : .passOn
}

/// What follows a failed connect, before it is known whether there is another server.
enum ConnectFailure: UInt8 {
    case redispatch
    case retry
    case giveUp
}

func connectFailure(_ session: SessionPointer, _ backend: BackendSettings) -> ConnectFailure {
    guard unsafe session.pointee.retries < backend.retries else { return .giveUp }
    unsafe session.pointee.retries += 1
    return backend.redispatches ? .redispatch : .retry
}
