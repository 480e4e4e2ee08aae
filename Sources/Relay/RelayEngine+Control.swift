package import BalancerCore
internal import CLinux
internal import Glibc
package import LinuxIO
package import Primitives
internal import Synchronization

extension Worker {
    func order(_ order: Order) throws(SystemError) {
        guard send(order) else { throw SystemError("relay worker \(number)", errno: ETIMEDOUT) }
    }
}

extension RelayEngine {
    /// Resets the sessions that have one of these addresses on this host, toward client or server.
    /// Returns how many; a node that loses a virtual address calls it. A worker that hangs does it
    /// when it goes on, and is not waited for long: the node that calls has more to do.
    @discardableResult
    package func resetSessions(onLocal addresses: [IPAddress]) throws(SystemError) -> Int {
        try ask(patience: RelayLimits.resetPatience) { .reset(local: addresses, $0) }.reduce(0, +)
    }

    /// Resets the sessions of one server (`shutdown sessions server`, `on-marked-down`,
    /// `on-marked-up`), both ends of them: a pool connects anew at once. Waits for nobody; a worker
    /// that hangs does it when it goes on.
    package func closeSessions(
        of server: ServerID,
        in backend: Backend,
        _ cause: TerminationCode.Cause
    ) {
        guard let (slot, workers) = slotAndWorkers(of: backend) else { return }
        let place = ServerPlace(backend: slot, server: server.index)
        for worker in workers { worker.close(place, cause) }
    }

    /// The sessions that last now.
    package func sessions() throws(SystemError) -> [SessionListing] {
        try ask { .list($0) }.flatMap(\.self)
    }

    /// Tells the workers of sessions that waited for a server of the backend and have one now.
    package func deliver(_ grants: [Grant], in backend: Backend) {
        guard !grants.isEmpty, let (slot, workers) = slotAndWorkers(of: backend) else { return }
        for grant in grants where Int(grant.ticket.worker) < workers.count {
            workers[Int(grant.ticket.worker)].receive(grant, backend: slot)
        }
    }

    /// `nil`: the relay has never had this backend.
    private func slotAndWorkers(of backend: Backend) -> (slot: Int, workers: [Worker])? {
        running.withLock { running in
            running.backends.firstIndex { $0 === backend }.map { ($0, running.workers) }
        }
    }

    /// Resets one session (`shutdown session`).
    /// - Returns: whether it was there
    package func endSession(_ id: UInt64) throws(SystemError) -> Bool {
        let worker = running.withLock { running in
            running.workers.first { $0.number == Int(id >> 58) }
        }
        guard let worker else { return false }
        let answers = try Answers<Bool>()
        try worker.order(.end(session: id, answers))
        return answers.wait(for: 1).contains(true)
    }

    /// Asks every worker. A worker that hangs is left out; `pulses` tells that it hangs.
    private func ask<Value: Sendable>(
        patience: Duration = RelayLimits.orderPatience,
        _ order: (Answers<Value>) -> Order
    ) throws(SystemError) -> [Value] {
        let workers = running.withLock { running in running.workers }
        let answers = try Answers<Value>()
        for worker in workers { try worker.order(order(answers)) }
        return answers.wait(for: workers.count, patience: patience)
    }

    /// Takes the records of the sessions that finished since the last call, in the order of their
    /// ends, up to `RelayLimits.records` of each worker. Does not wait for the workers.
    package func drainRecords() -> [SessionRecord] {
        let records = running.withLock { running in
            let left = running.leftRecords
            running.leftRecords = []
            return left + running.workers.flatMap { $0.drainRecords() }
        }
        return records.sorted { $0.finishedAt < $1.finishedAt }
    }
}
