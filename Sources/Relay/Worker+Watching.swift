internal import CLinux
internal import Glibc
internal import LinuxIO

// What differs between the engines outside their loops: how a worker hears of its descriptors, and
// how it lets go of them.

extension Worker {
    /// Listens where the new plan says. A listener that stays is not touched.
    func replaceListeners(by listeners: [Installation.Listener]) {
        let old = acceptors
        for acceptor in old where !listeners.contains(where: { $0.bound === acceptor.listener }) {
            forget(acceptor)
        }
        acceptors = listeners.enumerated().map { index, listener in
            // A token names a place in this list: requests for other places are void.
            if var known = old.first(where: { $0.listener === listener.bound }) {
                known.number = listener.number
                known.acceptsProxy = listener.acceptsProxy
                if known.token.index == index { return known }
                forget(known)
            }
            acceptorGeneration &+= 1
            return Acceptor(
                listener: listener.bound,
                number: listener.number,
                acceptsProxy: listener.acceptsProxy,
                token: Token(.listener, index: UInt32(index), generation: acceptorGeneration)
            )
        }
        guard isRunning else { return }
        for index in acceptors.indices { watch(index) }
        // The old ones are closed when the ring has let go of them, before the order is answered.
        if let ring = unsafe state.pointee.ring {
            unsafe ring.pointee.settle()
            unsafe sendsAreOut(ring)
        }
    }

    /// Accepts on the listener from now on.
    func watch(_ index: Int) {
        acceptors[index].isPaused = false
        guard !acceptors[index].isWatched else { return }
        let descriptor = acceptors[index].listener.socket.descriptor.raw
        let token = acceptors[index].token
        acceptors[index].isWatched = true
        if let ring = unsafe state.pointee.ring {
            return unsafe ring.pointee.pollOnce(descriptor, EPOLLIN.rawValue, token)
        }
        let result = unsafe hb_epoll_ctl(
            state.pointee.epoll,
            EPOLL_CTL_ADD,
            descriptor,
            EPOLLIN.rawValue,
            token.rawValue
        )
        if result < 0 {
            // For want of memory only: the connections wait in the backlog for the next try.
            acceptors[index].isWatched = false
            acceptors[index].isPaused = true
            exhausted()
        }
    }

    /// Leaves connections in the kernel's backlog until `watch`.
    func pause(_ index: Int) {
        acceptors[index].isPaused = true
        // A ring tells once, and is not asked again.
        guard acceptors[index].isWatched, unsafe state.pointee.ring == nil else { return }
        forget(acceptors[index])
        acceptors[index].isWatched = false
    }

    /// Hears no more of it, and does not keep it open.
    func forget(_ acceptor: Acceptor) {
        guard acceptor.isWatched else { return }
        if let ring = unsafe state.pointee.ring {
            return unsafe ring.pointee.cancel(acceptor.token)
        }
        _ = unsafe hb_epoll_ctl(
            state.pointee.epoll,
            EPOLL_CTL_DEL,
            acceptor.listener.socket.descriptor.raw,
            0,
            0
        )
    }

    /// Accepts again where it paused; if nothing has changed, the first attempt pauses again.
    @inline(never)
    func resumeAccepting() {
        unsafe state.pointee.exhaustedUntil = .max
        for index in acceptors.indices where acceptors[index].isPaused { watch(index) }
    }

    /// The session that an event is about; `nil` when that life of the slot, or that registration,
    /// has ended in this very batch of events.
    @inline(__always)
    func session(of token: Token) -> SessionPointer? {
        let session = unsafe state.pointee.slab.base + token.index
        guard unsafe session.pointee.generation == token.generation,
            unsafe session.pointee.phase != .free
        else { return nil }
        return unsafe session
    }

    static let sessionEvents =
        EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue

    /// Watches a side's socket for everything, once and for all.
    func register(_ session: SessionPointer, _ which: Which) -> Bool {
        if let ring = unsafe state.pointee.ring {
            unsafe poll(state, ring, session, which)
            return true
        }
        let result = unsafe hb_epoll_ctl(
            state.pointee.epoll,
            EPOLL_CTL_ADD,
            side(session, which).pointee.descriptor,
            Self.sessionEvents,
            token(state, session, which, .client, .server).rawValue
        )
        if result < 0 { exhausted() }
        return result == 0
    }

    /// Closes a side's socket, and ends what watches it. epoll forgets a closed socket by itself.
    func closeSide(_ session: SessionPointer, _ which: Which) {
        let side = unsafe side(session, which)
        guard unsafe side.pointee.descriptor >= 0 else { return }
        if let ring = unsafe state.pointee.ring {
            unsafe cancelRequests(state, ring, session, which)
            unsafe ring.pointee.close(side.pointee.descriptor)
        } else {
            unsafe hb_close(side.pointee.descriptor)
        }
        unsafe side.pointee.descriptor = -1
    }
}

/// The name of one side of a session, in this registration of it.
@inline(__always)
func token(
    _ worker: WorkerPointer,
    _ session: SessionPointer,
    _ which: Which,
    _ client: Token.Kind,
    _ server: Token.Kind
) -> Token {
    unsafe Token(
        which == .client ? client : server,
        index: worker.pointee.slab.index(of: session),
        generation: session.pointee.generation
    )
}
