internal import CLinux

/// Takes in what epoll reports of one side of an established session, and moves what can move.
func relay(
    _ worker: WorkerPointer,
    _ session: SessionPointer,
    _ which: Which,
    events: UInt32
) -> Progress {
    let here = unsafe side(session, which)
    let there = unsafe side(session, which.other)
    let ending = EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
    if events & ending != 0 { unsafe here.pointee.flags.insert([.readable, .closing]) }
    if events & EPOLLIN.rawValue != 0 { unsafe here.pointee.flags.insert(.readable) }
    if events & (EPOLLOUT.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 {
        unsafe here.pointee.flags.insert(.writable)
    }
    if events & EPOLLERR.rawValue != 0 {
        // The reset waits for no slow receiver; but what can still be read and delivered at once
        // is.
        if unsafe here.pointee.isPending || here.pointee.flags.contains(.readEnded) {
            return .reset(which)
        }
        if unsafe there.pointee.isPending {
            return unsafe salvage(worker, session, from: which.other)
        }
    }
    if unsafe here.pointee.flags.intersection(.mayRead) == .readable {
        let progress = unsafe pump(worker, session, from: which)
        if progress != .goesOn { return progress }
    }
    if unsafe there.pointee.isPending, unsafe here.pointee.flags.contains(.writable) {
        let progress = unsafe pump(worker, session, from: which.other)
        if progress != .goesOn { return progress }
    }
    return .goesOn
}

/// Moves what both sides have: when the connection to the server stands, or the session's next turn
/// comes.
func relayBoth(_ worker: WorkerPointer, _ session: SessionPointer) -> Progress {
    let progress = unsafe pump(worker, session, from: .client)
    return unsafe progress == .goesOn ? pump(worker, session, from: .server) : progress
}
