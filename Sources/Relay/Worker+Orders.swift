internal import BalancerCore
internal import CLinux
internal import LinuxIO
internal import Primitives

extension Worker {
    /// Resets the sessions that have one of these addresses on this host, toward client or server:
    /// after the addresses have moved to the other node, nothing would ever arrive for them. The
    /// resets leave also when the addresses have gone already.
    func resetSessions(local: [IPAddress]) -> Int {
        var count = 0
        unsafe forEachSession { session in
            let addresses = [Which.client, .server].compactMap { which -> IPAddress? in
                let raw = unsafe side(session, which).pointee.descriptor
                return raw < 0 ? nil : Socket.localEndpoint(of: raw)?.address
            }
            guard addresses.contains(where: { local.contains($0) }) else { return }
            for which in [Which.client, .server] {
                unsafe hb_send_from_lost_address(side(session, which).pointee.descriptor)
            }
            unsafe finish(session, .killed, resets: true)
            count += 1
        }
        return count
    }

    /// Resets the sessions that these servers have, for the reason given with each.
    func closeSessions(of servers: [ServerPlace: TerminationCode.Cause]) {
        unsafe forEachSession { session in
            guard unsafe session.pointee.flags.contains(.assigned) else { return }
            let place = unsafe ServerPlace(
                backend: Int(session.pointee.backend),
                server: Int(session.pointee.serverSlot)
            )
            guard let cause = servers[place] else { return }
            unsafe finish(session, TerminationCode(cause, .none), resets: true)
        }
    }

    func listSessions() -> [SessionListing] {
        var listings: [SessionListing] = []
        unsafe forEachSession { session in
            let isAssigned = unsafe session.pointee.flags.contains(.assigned)
            let now = unsafe state.pointee.milliseconds
            let idle = unsafe min(
                now &- session.pointee.client.lastActivity,
                now &- session.pointee.server.lastActivity
            )
            unsafe listings.append(
                SessionListing(
                    id: id(of: session),
                    client: session.pointee.clientAddress.endpoint,
                    frontend: Int(session.pointee.frontend),
                    backend: session.pointee.backend == .max ? nil : Int(session.pointee.backend),
                    server: isAssigned ? ServerID(index: Int(session.pointee.serverSlot)) : nil,
                    serverEndpoint: isAssigned ? session.pointee.serverAddress.endpoint : nil,
                    state: Self.state(session.pointee.phase),
                    age: .nanoseconds(state.pointee.now - session.pointee.acceptedAt),
                    idle: .milliseconds(Int64(idle)),
                    bytesFromClient: session.pointee.client.received,
                    bytesFromServer: session.pointee.server.received,
                    worker: number
                )
            )
        }
        return listings
    }

    private func id(of session: SessionPointer) -> UInt64 {
        unsafe SessionListing.id(
            worker: number,
            acceptedAt: session.pointee.acceptedAt,
            index: state.pointee.slab.index(of: session)
        )
    }

    /// - Returns: whether it was there
    func endSession(_ wanted: UInt64) -> Bool {
        let index = Int(wanted & 0xFFF_FFFF)
        guard unsafe index < state.pointee.slab.touched else { return false }
        let session = unsafe state.pointee.slab.base + index
        guard unsafe session.pointee.phase != .free, unsafe id(of: session) == wanted else {
            return false
        }
        unsafe finish(session, TerminationCode(.killed, .none), resets: true)
        return true
    }

    private static func state(_ phase: SessionPhase) -> SessionListing.State {
        switch phase {
        case .queued: .queued
        case .waiting: .waitingToRetry
        case .relaying: .established
        case .introducing, .connecting, .free: .connecting
        }
    }
}
