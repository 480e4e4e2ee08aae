internal import CLiburing
internal import CLinux

// How the io_uring engine moves the data of a session that streams, and how a session begins and
// ceases to. Free functions over plain old data, as in Pump.swift.

/// The common case: a small piece of data came, and its receiver is expected to take it whole.
/// - Returns: false when it is another case; nothing was done then
@inline(__always)
func stream(
    _ worker: WorkerPointer,
    _ ring: RingPointer,
    _ session: SessionPointer,
    _ which: Which,
    _ result: Int32,
    _ flags: UInt32
) -> Bool {
    let to = unsafe side(session, which.other)
    let count = Int(result)
    guard result > 0, count < RelayLimits.ringBufferBytes, flags & IORING_CQE_F_MORE != 0,
        unsafe session.pointee.flags.contains(.streaming),
        unsafe !to.pointee.flags.contains(.sending)
    else { return false }
    let from = unsafe side(session, which)
    unsafe noteRead(worker, session, which, from, count)
    unsafe from.pointee.streak = 0
    unsafe to.pointee.lastActivity = unsafe worker.pointee.milliseconds
    unsafe to.pointee.flags.insert(.sending)
    unsafe ring.pointee.send(
        Ring.Flight(
            session: worker.pointee.slab.index(of: session),
            generation: session.pointee.generation,
            which: which.other,
            buffer: UInt16(hb_ring_buffer_number(flags)),
            count: UInt32(bitPattern: result)
        ),
        to: to.pointee.descriptor,
        token(worker, session, which.other, .clientSend, .serverSend)
    )
    return true
}

/// All other cases. Nothing is queued to be sent for the session.
func receivedAside(
    _ worker: WorkerPointer,
    _ ring: RingPointer,
    _ session: SessionPointer,
    _ which: Which,
    _ result: Int32,
    _ flags: UInt32
) -> Progress {
    let from = unsafe side(session, which)
    let isOver = flags & IORING_CQE_F_MORE == 0
    if isOver { unsafe from.pointee.flags.remove(.receiving) }
    switch result {
    case 1...:
        unsafe takeIn(worker, ring, session, which, result, flags)
        // A full buffer is a sign of bulk data, which pipes carry better.
        if result == Int32(RelayLimits.ringBufferBytes) { unsafe from.pointee.streak &+= 1 }
        if isOver { unsafe from.pointee.flags.insert(.readable) }
    case 0:
        unsafe from.pointee.flags.insert([.readEnded, .closing])
    case -ENOBUFS where unsafe session.pointee.flags.contains(.streaming):
        // All buffers are in use for a moment: this turn frees them.
        unsafe receive(worker, ring, session, which)
        return .goesOn
    case -ECANCELED, -ENOBUFS:
        unsafe from.pointee.flags.insert(.readable)
    default:
        // All that came before the reset was handed out before it.
        return .reset(which)
    }
    if unsafe session.pointee.flags.contains(.streaming) {
        unsafe stopStreaming(worker, ring, session)
    }
    if unsafe from.pointee.flags.contains(.broken) {
        guard isOver else { return .goesOn }
        unsafe from.pointee.flags.insert([.closing, .readable])
        let progress = unsafe pump(worker, session, from: which)
        return progress == .goesOn || progress == .complete ? .reset(which) : progress
    }
    return unsafe pump(worker, session, from: which)
}

/// Puts received data behind what waits for the other side.
private func takeIn(
    _ worker: WorkerPointer,
    _ ring: RingPointer,
    _ session: SessionPointer,
    _ which: Which,
    _ result: Int32,
    _ flags: UInt32
) {
    let from = unsafe side(session, which)
    let number = UInt16(hb_ring_buffer_number(flags))
    unsafe noteRead(worker, session, which, from, Int(result))
    // A side that failed takes nothing any more.
    if unsafe !side(session, which.other).pointee.flags.contains(.broken) {
        let bytes = unsafe ring.pointee.buffer(number)
        unsafe holdCopy(worker, from, UnsafeRawBufferPointer(start: bytes, count: Int(result)))
    }
    unsafe ring.pointee.give(back: number)
}

/// A send took only `result` bytes, or failed with the negated errno.
func sent(
    _ worker: WorkerPointer,
    _ ring: RingPointer,
    _ session: SessionPointer,
    _ flight: Ring.Flight,
    _ result: Int32
) -> Progress {
    let to = unsafe side(session, flight.which)
    let from = unsafe side(session, flight.which.other)
    guard result >= 0 || result == -EAGAIN else {
        unsafe stopStreaming(worker, ring, session)
        guard unsafe to.pointee.flags.contains(.receiving) else {
            return unsafe salvage(worker, session, from: flight.which.other)
        }
        // As `salvage`, but the last words of the side come when its request ends.
        unsafe from.pointee.flags.remove(.readable)
        unsafe to.pointee.flags.insert([.broken, .closing])
        return .goesOn
    }
    let taken = max(Int(result), 0)
    guard taken < Int(flight.count) else { return .goesOn }
    let rest = unsafe UnsafeRawBufferPointer(
        start: ring.pointee.buffer(flight.buffer) + taken,
        count: Int(flight.count) - taken
    )
    unsafe holdCopy(worker, from, rest)
    unsafe to.pointee.flags.remove(.writable)
    unsafe stopStreaming(worker, ring, session)
    unsafe armTimer(worker, session)
    return .goesOn
}

/// Counts what speaks for streaming: small pieces of data, one at a time.
@inline(__always)
func noteCalm(
    _ worker: WorkerPointer,
    _ ring: RingPointer,
    _ session: SessionPointer,
    hasData: Bool
) {
    guard hasData else { return }
    let client = unsafe side(session, .client)
    let server = unsafe side(session, .server)
    let isCalm = unsafe client.pointee.isCalm && server.pointee.isCalm
    unsafe session.pointee.calm = isCalm ? session.pointee.calm &+ 1 : 0
    guard unsafe session.pointee.calm >= worker.pointee.streamsAfter,
        unsafe !session.pointee.flags.contains(.ready)
    else { return }
    unsafe startStreaming(worker, ring, session)
}

extension Side {
    fileprivate var isCalm: Bool {
        !isPending && streak == 0
            && flags.isDisjoint(with: .disturbed) && flags.contains(.writable)
    }
}

private func startStreaming(
    _ worker: WorkerPointer,
    _ ring: RingPointer,
    _ session: SessionPointer
) {
    for which in [Which.client, .server] {
        unsafe cancelRequests(worker, ring, session, which)
    }
    // What the old requests still tell is void.
    unsafe session.pointee.generation = unsafe worker.pointee.slab.nextGeneration()
    unsafe ring.pointee.holdsMemory = true
    unsafe session.pointee.flags.insert(.streaming)
    unsafe session.pointee.calm = 0
    unsafe hb_counter_add(&worker.pointee.counters.pointee.streamStarts, 1)
    for which in [Which.client, .server] {
        unsafe side(session, which).pointee.flags.remove(.readable)
        unsafe receive(worker, ring, session, which)
    }
}

/// Back to readiness. A side is read from by plain calls once its request has ended.
func stopStreaming(_ worker: WorkerPointer, _ ring: RingPointer, _ session: SessionPointer) {
    guard unsafe session.pointee.flags.contains(.streaming) else { return }
    unsafe session.pointee.flags.remove(.streaming)
    for which in [Which.client, .server] {
        let side = unsafe side(session, which)
        if unsafe side.pointee.flags.contains(.receiving) {
            unsafe ring.pointee.cancel(
                token(worker, session, which, .clientData, .serverData)
            )
        } else {
            unsafe side.pointee.flags.insert(.readable)
        }
        unsafe poll(worker, ring, session, which)
    }
}

private func receive(
    _ worker: WorkerPointer,
    _ ring: RingPointer,
    _ session: SessionPointer,
    _ which: Which
) {
    let side = unsafe side(session, which)
    unsafe side.pointee.flags.insert(.receiving)
    unsafe ring.pointee.receive(
        side.pointee.descriptor,
        token(worker, session, which, .clientData, .serverData)
    )
}

/// Asks what can be done with a side's socket, now and whenever that changes.
func poll(
    _ worker: WorkerPointer,
    _ ring: RingPointer,
    _ session: SessionPointer,
    _ which: Which
) {
    let side = unsafe side(session, which)
    unsafe side.pointee.flags.insert(.polled)
    unsafe ring.pointee.pollEdges(
        side.pointee.descriptor,
        Worker.sessionEvents,
        token(worker, session, which, .client, .server)
    )
}

/// Ends the requests for a side, which keep its socket open even after it was closed.
func cancelRequests(
    _ worker: WorkerPointer,
    _ ring: RingPointer,
    _ session: SessionPointer,
    _ which: Which
) {
    let side = unsafe side(session, which)
    if unsafe side.pointee.flags.contains(.polled) {
        unsafe side.pointee.flags.remove(.polled)
        unsafe ring.pointee.cancel(token(worker, session, which, .client, .server))
    }
    if unsafe side.pointee.flags.contains(.receiving) {
        unsafe side.pointee.flags.remove(.receiving)
        unsafe ring.pointee.cancel(token(worker, session, which, .clientData, .serverData))
    }
}
