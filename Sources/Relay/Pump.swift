internal import CLinux

// The epoll engine's hot path: moves bytes from one side of a session to the other. Free functions
// over plain old data: no retain, no release, no exclusivity check (a test reads the disassembly).

/// How one direction stands after it was pumped.
private enum Flow: UInt8 {
    /// Another round may move more.
    case moved
    /// All that was there is delivered.
    case drained
    /// The receiver takes no more now.
    case blocked
    case readFailed
    case writeFailed
}

/// Carries what `which` has for the other side, in at most `RelayLimits.rounds` reads. What is left
/// then has its turn after other sessions.
func pump(_ worker: WorkerPointer, _ session: SessionPointer, from which: Which) -> Progress {
    let from = unsafe side(session, which)
    let to = unsafe side(session, which.other)
    var rounds = RelayLimits.rounds
    while true {
        var flow = Flow.moved
        if unsafe from.pointee.isPending {
            flow = unsafe deliverPending(worker, session, from, to)
            if flow == .moved { unsafe resumeReading(worker, session, from) }
        }
        if flow == .moved {
            guard unsafe from.pointee.flags.intersection(.mayRead) == .readable else { break }
            guard rounds > 0 else {
                unsafe queueReady(worker, session)
                return .goesOn
            }
            rounds -= 1
            flow =
                unsafe from.pointee.flags.contains(.splicing)
                ? spliceOnce(worker, session, which, from, to)
                : copyOnce(worker, session, which, from, to)
        }
        switch flow {
        case .moved: continue
        case .drained: return unsafe passOnEnd(worker, session, from: which)
        case .blocked:
            unsafe armTimer(worker, session)
            return .goesOn
        case .readFailed: return .reset(which)
        case .writeFailed: return unsafe salvage(worker, session, from: which)
        }
    }
    return unsafe passOnEnd(worker, session, from: which)
}

/// Reads once into the worker's buffer and sends it at once.
@inline(__always)
private func copyOnce(
    _ worker: WorkerPointer,
    _ session: SessionPointer,
    _ which: Which,
    _ from: SidePointer,
    _ to: SidePointer
) -> Flow {
    let buffer = unsafe payload(worker.pointee.buffers.shared)
    let count = unsafe hb_recv(from.pointee.descriptor, buffer, Chunk.payloadBytes)
    guard count > 0 else { return unsafe readResult(count, from) }
    unsafe noteRead(worker, session, which, from, count)
    let isFull = count == Chunk.payloadBytes
    // Edge-triggered: a short read has emptied the socket, unless it carries an end as well.
    if !isFull, unsafe !from.pointee.flags.contains(.closing) {
        unsafe from.pointee.flags.remove(.readable)
    }
    let sent =
        unsafe to.pointee.flags.contains(.writable)
        ? hb_send(to.pointee.descriptor, buffer, count) : 0
    if sent == count {
        unsafe to.pointee.lastActivity = unsafe worker.pointee.milliseconds
        unsafe noteChunk(worker, from, isBulk: isFull)
        return .moved
    }
    guard sent >= 0 || sent == -Int(EAGAIN) else { return .writeFailed }
    if sent > 0 { unsafe to.pointee.lastActivity = unsafe worker.pointee.milliseconds }
    unsafe to.pointee.flags.remove(.writable)
    unsafe hold(
        worker,
        from,
        worker.pointee.buffers.takeShared(),
        UInt32(truncatingIfNeeded: max(sent, 0))..<UInt32(truncatingIfNeeded: count)
    )
    unsafe noteChunk(worker, from, isBulk: true)
    return .blocked
}

/// Decides by the size of the chunks whether the direction is worth a pipe.
@inline(__always)
private func noteChunk(_ worker: WorkerPointer, _ from: SidePointer, isBulk: Bool) {
    guard isBulk else {
        unsafe from.pointee.streak = 0
        return
    }
    unsafe from.pointee.streak &+= 1
    if unsafe from.pointee.streak >= RelayLimits.bulkStart, unsafe worker.pointee.splicesBulk,
        unsafe !from.pointee.flags.contains(.neverSplice)
    {
        unsafe from.pointee.flags.insert(.splicing)
        unsafe from.pointee.streak = 0
    }
}

/// Moves a chunk from socket to pipe and from there to the other socket.
private func spliceOnce(
    _ worker: WorkerPointer,
    _ session: SessionPointer,
    _ which: Which,
    _ from: SidePointer,
    _ to: SidePointer
) -> Flow {
    guard let number = unsafe worker.pointee.pipes.take() else {
        unsafe from.pointee.flags.remove(.splicing)
        return unsafe copyOnce(worker, session, which, from, to)
    }
    let pipe = unsafe worker.pointee.pipes.pipes[Int(number)]
    let count = unsafe hb_splice(from.pointee.descriptor, pipe.writeEnd, Int(RelayLimits.pipeBytes))
    guard count > 0 else {
        unsafe worker.pointee.pipes.give(back: number)
        guard count == -Int(EINVAL) else { return unsafe readResult(count, from) }
        unsafe from.pointee.flags.remove(.splicing)
        unsafe from.pointee.flags.insert(.neverSplice)
        return .moved
    }
    unsafe noteRead(worker, session, which, from, count)
    unsafe hb_counter_add(&worker.pointee.counters.pointee.splicedBytes, UInt64(count))
    if count < RelayLimits.smallChunk {
        unsafe from.pointee.streak &+= 1
        if unsafe from.pointee.streak >= RelayLimits.bulkEnd {
            unsafe from.pointee.flags.remove(.splicing)
            unsafe from.pointee.streak = 0
        }
    } else {
        unsafe from.pointee.streak = 0
    }
    unsafe from.pointee.pipe = number
    unsafe from.pointee.piped = UInt32(truncatingIfNeeded: count)
    return unsafe to.pointee.flags.contains(.writable)
        ? deliverPiped(worker, session, from, to) : .blocked
}

/// Bookkeeping of `count` bytes that were read.
@inline(__always)
func noteRead(
    _ worker: WorkerPointer,
    _ session: SessionPointer,
    _ which: Which,
    _ from: SidePointer,
    _ count: Int
) {
    let bytes = UInt64(truncatingIfNeeded: count)
    unsafe from.pointee.received &+= bytes
    unsafe from.pointee.lastActivity = unsafe worker.pointee.milliseconds
    let frontend = unsafe worker.pointee.frontendTraffic + Int(session.pointee.frontend)
    guard let servers = unsafe worker.pointee.backends[Int(session.pointee.backend)].servers else {
        return
    }
    let server = unsafe servers + Int(session.pointee.serverSlot)
    if which == .client {
        unsafe hb_counter_add(&frontend.pointee.bytesIn, bytes)
        unsafe hb_counter_add(&server.pointee.bytesIn, bytes)
    } else {
        unsafe hb_counter_add(&frontend.pointee.bytesOut, bytes)
        unsafe hb_counter_add(&server.pointee.bytesOut, bytes)
    }
}

/// What a read means that brought no data.
private func readResult(_ count: Int, _ from: SidePointer) -> Flow {
    unsafe from.pointee.flags.remove(.readable)
    if count == -Int(EAGAIN) { return .drained }
    // After a failed write an end of stream is what the reset has left of the connection.
    if unsafe count < 0 || from.pointee.flags.contains(.broken) { return .readFailed }
    unsafe from.pointee.flags.insert(.readEnded)
    return .drained
}

private func deliverPending(
    _ worker: WorkerPointer,
    _ session: SessionPointer,
    _ from: SidePointer,
    _ to: SidePointer
) -> Flow {
    guard unsafe to.pointee.flags.contains(.writable) else { return .blocked }
    return unsafe from.pointee.held != nil
        ? deliverHeld(worker, from, to) : deliverPiped(worker, session, from, to)
}

private func deliverHeld(_ worker: WorkerPointer, _ from: SidePointer, _ to: SidePointer) -> Flow {
    while let held = unsafe from.pointee.held {
        let count = unsafe Int(held.pointee.end - held.pointee.start)
        let bytes = unsafe payload(held) + Int(held.pointee.start)
        let sent = unsafe hb_send(to.pointee.descriptor, bytes, count)
        guard sent >= 0 || sent == -Int(EAGAIN) else { return .writeFailed }
        if sent > 0 { unsafe to.pointee.lastActivity = unsafe worker.pointee.milliseconds }
        guard sent == count else {
            unsafe held.pointee.start += UInt32(truncatingIfNeeded: max(sent, 0))
            unsafe to.pointee.flags.remove(.writable)
            return .blocked
        }
        unsafe dropFirstHeld(worker, from, held)
    }
    return .moved
}

private func deliverPiped(
    _ worker: WorkerPointer,
    _ session: SessionPointer,
    _ from: SidePointer,
    _ to: SidePointer
) -> Flow {
    let number = unsafe from.pointee.pipe
    let pipe = unsafe worker.pointee.pipes.pipes[Int(number)]
    while unsafe from.pointee.piped > 0 {
        let count = unsafe hb_splice(pipe.readEnd, to.pointee.descriptor, Int(from.pointee.piped))
        if count == -Int(EAGAIN) {
            unsafe to.pointee.flags.remove(.writable)
            return .blocked
        }
        guard count > 0 else { return .writeFailed }
        unsafe from.pointee.piped -= UInt32(truncatingIfNeeded: count)
        unsafe to.pointee.lastActivity = unsafe worker.pointee.milliseconds
    }
    unsafe worker.pointee.pipes.give(back: number)
    unsafe from.pointee.pipe = -1
    return .moved
}
