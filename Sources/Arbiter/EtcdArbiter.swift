package import LinuxIO
internal import NIOCore
internal import NIOPosix
package import PairControl
internal import Primitives
internal import Synchronization

/// The arbiter of a pair: one key in an etcd cluster (v3, by its JSON gateway over HTTP), read and
/// written by compare-and-set on its modification revision, without lease or time to live.
///
/// All methods may be called from any thread. Who has served calls `end`.
package final class EtcdArbiter: Sendable {
    package let endpoints: [ArbiterEndpoint]
    private let key: String
    private let timeLimit: Duration
    private let events = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let line = Mutex(Line())
    private let service = Mutex<Service?>(nil)
    private let isEnding = Atomic<Bool>(false)

    /// What lasts from one request to the next. The lock is held while one is carried out.
    private struct Line {
        /// The endpoint that is asked first.
        var current = 0
        var connection: HTTPConnection?
        /// The id of the cluster, by its first answer.
        var cluster: String?
    }

    private struct Service: ~Copyable {
        let thread: Thread
        let wake: Mailbox<Void>
    }

    /// - Parameters:
    ///   - endpoints: members of one cluster, at least one, asked in this order
    ///   - pair: its name; the key is `/ha-balancer/NAME`
    ///   - timeLimit: for one request to one endpoint, connect included
    package init(endpoints: [ArbiterEndpoint], pair: String, timeLimit: Duration) {
        precondition(!endpoints.isEmpty, "an arbiter without an endpoint")
        self.endpoints = endpoints
        key = "/ha-balancer/\(pair)"
        self.timeLimit = timeLimit
    }

    deinit { end() }

    /// Starts the thread `arbiter`, which carries out what arrives, one request after the other.
    /// - Parameter answer: called on that thread, once for each request
    package func serve(
        _ requests: Mailbox<ArbiterRequest>,
        answer: @escaping @Sendable (ArbiterAnswer, ArbiterRequest) -> Void
    ) throws(SystemError) {
        let wake = try Mailbox<Void>(capacity: 1)
        try service.withLock { service throws(SystemError) in
            precondition(service == nil, "an arbiter serves one mailbox")
            let thread = try Thread.start(name: "arbiter") { [self] in
                while !isEnding.load(ordering: .acquiring) {
                    Poll.wait(of: [requests.descriptor, wake.descriptor], until: nil)
                    for request in requests.takeAll() { answer(ask(request), request) }
                }
            }
            service = Service(thread: thread, wake: wake)
        }
    }

    /// Waits for the request that is under way, for `timeLimit` at most, and ends the thread. What
    /// is asked afterwards fails.
    package func end() {
        guard !isEnding.exchange(true, ordering: .acquiringAndReleasing) else { return }
        service.withLock { service in
            guard let taken = service.take() else { return }
            taken.wake.put(())
            taken.thread.join()
        }
        line.withLock { $0.connection = nil }
        // Closes the connection. It cannot fail the first time, and there is no second.
        try? events.syncShutdownGracefully()
    }

    /// The id of the cluster that answered; `nil` before the first answer.
    package var cluster: String? { line.withLock { $0.cluster } }

    /// Carries out one request and waits for its answer: at most `timeLimit` for each endpoint.
    ///
    /// A read goes on to the next endpoint where one fails, a write only as long as it has not left
    /// this host: whether the failed one was carried out is not known.
    package func ask(_ request: ArbiterRequest) -> ArbiterAnswer {
        let call = EtcdCall(request.kind, key: key)
        return line.withLock { line in
            var failures: [String] = []
            for _ in endpoints {
                guard !isEnding.load(ordering: .acquiring) else {
                    failures.append("this node no longer asks its arbiter")
                    break
                }
                do throws(ArbiterFailure) {
                    return try carryOut(call, &line)
                } catch {
                    failures.append("etcd at \(endpoints[line.current]): \(error)")
                    line.connection?.close()
                    line.connection = nil
                    line.current = (line.current + 1) % endpoints.count
                    if error.mayHaveArrived, call.kind != .read { break }
                }
            }
            return .failed(failures.joined(separator: "; "))
        }
    }

    private func carryOut(_ call: EtcdCall, _ line: inout Line) throws(ArbiterFailure)
        -> ArbiterAnswer
    {
        let answer = try post(call, &line)
        let meaning = try call.meaning(of: answer)
        // Revisions of two clusters mean nothing to each other.
        guard line.cluster == nil || line.cluster == meaning.cluster else {
            throw .unknown(
                "it is a member of another cluster than the one that answered before: all "
                    + "endpoints are members of one; if that was made anew, restart this node"
            )
        }
        line.cluster = meaning.cluster
        return meaning.answer
    }

    private func post(_ call: EtcdCall, _ line: inout Line) throws(ArbiterFailure) -> HTTPAnswer {
        if let open = line.connection, open.isOpen {
            do throws(ArbiterFailure) {
                return try open.post(call.body, to: call.path, within: timeLimit, of: timeLimit)
            } catch {
                // Else it was closed behind its last answer.
                guard !error.mayHaveArrived else { throw error }
            }
        }
        let start = Instant.now
        let connection = try HTTPConnection(
            to: endpoints[line.current],
            on: events.next(),
            within: timeLimit
        )
        line.connection = connection
        return try connection.post(
            call.body,
            to: call.path,
            within: timeLimit - (.now - start),
            of: timeLimit
        )
    }
}
