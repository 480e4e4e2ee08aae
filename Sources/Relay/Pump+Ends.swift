internal import CLinux

/// Appends a buffer, whose bytes in `range` are to be delivered, to what `from` holds.
func hold(
    _ worker: WorkerPointer,
    _ from: SidePointer,
    _ chunk: ChunkPointer,
    _ range: Range<UInt32>
) {
    unsafe chunk.initialize(to: Chunk(next: nil, start: range.lowerBound, end: range.upperBound))
    if let last = unsafe from.pointee.heldLast {
        unsafe last.pointee.next = unsafe chunk
    } else {
        unsafe from.pointee.held = unsafe chunk
    }
    unsafe from.pointee.heldLast = unsafe chunk
    unsafe hb_counter_add(&worker.pointee.counters.pointee.heldBuffers, 1)
}

/// Appends a copy of `bytes` to what `from` holds.
func holdCopy(_ worker: WorkerPointer, _ from: SidePointer, _ bytes: UnsafeRawBufferPointer) {
    var rest = unsafe bytes[...]
    while unsafe !rest.isEmpty {
        guard let last = unsafe from.pointee.heldLast,
            unsafe Int(last.pointee.end) < Chunk.payloadBytes
        else {
            unsafe hold(worker, from, worker.pointee.buffers.take(), 0..<0)
            continue
        }
        let end = unsafe Int(last.pointee.end)
        let piece = unsafe rest.prefix(Chunk.payloadBytes - end)
        // Within the payload: `end` and the length of `piece` add up to its size at most.
        unsafe UnsafeMutableRawBufferPointer(start: payload(last) + end, count: piece.count)
            .copyBytes(from: piece)
        unsafe last.pointee.end += UInt32(truncatingIfNeeded: piece.count)
        unsafe rest = unsafe rest.dropFirst(piece.count)
    }
}

/// Frees the first buffer that `from` holds.
func dropFirstHeld(_ worker: WorkerPointer, _ from: SidePointer, _ first: ChunkPointer) {
    let next = unsafe first.pointee.next
    unsafe from.pointee.held = unsafe next
    if unsafe next == nil { unsafe from.pointee.heldLast = nil }
    unsafe worker.pointee.buffers.give(back: first)
    unsafe hb_counter_add(&worker.pointee.counters.pointee.heldBuffers, .max)  // minus one
}

/// Drops what was read from `from` and not delivered.
func dropPending(_ worker: WorkerPointer, _ from: SidePointer) {
    while let held = unsafe from.pointee.held { unsafe dropFirstHeld(worker, from, held) }
    guard unsafe from.pointee.pipe >= 0 else { return }
    unsafe worker.pointee.pipes.discard(from.pointee.pipe)
    unsafe from.pointee.pipe = -1
    unsafe from.pointee.piped = 0
}

/// The receiver has taken all: the sender is expected to send again, and its idle time begins now.
func resumeReading(_ worker: WorkerPointer, _ session: SessionPointer, _ from: SidePointer) {
    unsafe from.pointee.lastActivity = unsafe worker.pointee.milliseconds
    unsafe armTimer(worker, session)
}

/// Closes the writing direction of the other side once all of `which` is delivered.
@inline(__always)
func passOnEnd(_ worker: WorkerPointer, _ session: SessionPointer, from which: Which) -> Progress {
    guard unsafe side(session, which).pointee.flags.contains(.readEnded) else { return .goesOn }
    return unsafe passOnReadEnd(worker, session, from: which)
}

private func passOnReadEnd(_ worker: WorkerPointer, _ session: SessionPointer, from which: Which)
    -> Progress
{
    switch unsafe endOfStream(session, from: which) {
    case .nothing:
        return .goesOn
    case .complete:
        return .complete
    case .passOn:
        // What is left of the session is timed from here, by `-fin` where it is set.
        unsafe side(session, .client).pointee.lastActivity = worker.pointee.milliseconds
        unsafe side(session, .server).pointee.lastActivity = worker.pointee.milliseconds
        // Fails only when the peer has reset meanwhile, which the next event tells.
        _ = unsafe hb_shutdown_writing(side(session, which.other).pointee.descriptor)
        unsafe armTimer(worker, session)
        return .goesOn
    }
}

/// Writing to the other side failed. What it sent before it went away still reaches `which`: a
/// server's last words explain why it closed.
func salvage(_ worker: WorkerPointer, _ session: SessionPointer, from which: Which) -> Progress {
    let lost = which.other
    unsafe dropPending(worker, side(session, which))
    // Reads of `which` end here, so that the way back cannot come to this point again.
    unsafe side(session, which).pointee.flags.remove(.readable)
    let dead = unsafe side(session, lost)
    guard unsafe !dead.pointee.flags.contains(.broken) else { return .reset(lost) }
    unsafe dead.pointee.flags.insert([.broken, .closing, .readable])
    let progress = unsafe pump(worker, session, from: lost)
    return progress == .goesOn || progress == .complete ? .reset(lost) : progress
}

/// Puts the session where it gets another turn after the events of this one.
func queueReady(_ worker: WorkerPointer, _ session: SessionPointer) {
    guard unsafe !session.pointee.flags.contains(.ready) else { return }
    unsafe session.pointee.flags.insert(.ready)
    let index = unsafe worker.pointee.slab.index(of: session)
    unsafe session.pointee.readyNext = SessionSlab.none
    unsafe session.pointee.readyPrevious = unsafe worker.pointee.readyTail
    if unsafe worker.pointee.readyTail != SessionSlab.none {
        unsafe worker.pointee.slab.base[Int(worker.pointee.readyTail)].readyNext = index
    } else {
        unsafe worker.pointee.readyHead = index
    }
    unsafe worker.pointee.readyTail = index
}

func unqueueReady(_ worker: WorkerPointer, _ session: SessionPointer) {
    guard unsafe session.pointee.flags.contains(.ready) else { return }
    unsafe session.pointee.flags.remove(.ready)
    let next = unsafe session.pointee.readyNext
    let previous = unsafe session.pointee.readyPrevious
    if next != SessionSlab.none {
        unsafe worker.pointee.slab.base[Int(next)].readyPrevious = previous
    } else {
        unsafe worker.pointee.readyTail = previous
    }
    if previous != SessionSlab.none {
        unsafe worker.pointee.slab.base[Int(previous)].readyNext = next
    } else {
        unsafe worker.pointee.readyHead = next
    }
}

/// Has the wheel look at the session at its deadline, unless it does so earlier anyway.
func armTimer(_ worker: WorkerPointer, _ session: SessionPointer) {
    guard
        let deadline = unsafe deadline(
            session,
            worker.pointee.frontends[Int(session.pointee.frontend)],
            session.pointee.backend == .max
                ? BackendSettings() : worker.pointee.backends[Int(session.pointee.backend)],
            milliseconds: worker.pointee.milliseconds
        )
    else { return }
    let perTick = TimerWheel.millisecondsPerTick
    let due = unsafe worker.pointee.tick &+ UInt32(max(deadline.remaining, 0)) / perTick &+ 1
    if unsafe session.pointee.flags.contains(.timed),
        unsafe Int32(bitPattern: session.pointee.timerTick &- due) <= 0
    {
        return
    }
    unsafe worker.pointee.wheel.schedule(worker.pointee.slab.index(of: session), at: due)
}
