internal import CLinux
internal import Glibc
internal import LinuxIO

// The engine that every kernel has: readiness by edges, one registration per descriptor.

extension Worker {
    /// Until the worker is told to stop.
    func runEpoll() {
        watchMailbox()
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: Int(RelayLimits.events))
        defer { unsafe events.deallocate() }
        while unsafe !state.pointee.isStopping {
            let count = unsafe hb_epoll_wait(
                state.pointee.epoll,
                events,
                RelayLimits.events,
                sleepTime()
            )
            precondition(count >= 0, "epoll_wait failed on a descriptor of ours")
            beginTurn()
            for index in 0..<Int(count) {
                unsafe take(
                    Token(rawValue: hb_epoll_event_data(events + index)),
                    events: hb_epoll_event_events(events + index)
                )
            }
            endTurn(events: Int(count))
        }
    }

    private func watchMailbox() {
        let result = unsafe hb_epoll_ctl(
            state.pointee.epoll,
            EPOLL_CTL_ADD,
            wake.descriptor.raw,
            EPOLLIN.rawValue,
            Token(.mailbox, index: 0).rawValue
        )
        precondition(result == 0, "epoll refused an eventfd")
    }

    @inline(__always)
    private func take(_ token: Token, events: UInt32) {
        switch token.kind {
        case .client, .server:
            guard let session = unsafe session(of: token) else { return }
            let which = token.kind == .client ? Which.client : Which.server
            guard unsafe session.pointee.phase == .relaying else {
                return unsafe whileConnecting(session, which, events: events)
            }
            let progress = unsafe relay(state, session, which, events: events)
            if progress != .goesOn { unsafe finish(session, after: progress) }
        case .listener:
            acceptBatch(token)
        case .mailbox:
            takeMail()
        case .clientData, .serverData, .clientSend, .serverSend, .ignored:
            preconditionFailure("epoll told of a request")
        }
    }
}
