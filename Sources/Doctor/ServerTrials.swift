internal import BalancerCore
internal import CLinux
internal import Daemon
internal import Diagnosis
internal import Glibc
internal import LinuxIO
internal import Primitives

/// One health check of every server, from where the daemon's checks come, and from the virtual
/// address where it is here: the same bytes and the same judgement as the daemon's.
struct ServerTrials {
    /// Of one check; the daemon's own limits may be longer.
    private static let patience = Duration.seconds(2)

    private let parts: Parts
    private let facts: Facts

    init(_ parts: Parts, _ facts: Facts) {
        self.parts = parts
        self.facts = facts
    }

    func run() -> [CheckFact] {
        return parts.definitions.flatMap { backend in
            backend.servers.flatMap { server -> [CheckFact] in
                guard let check = server.check else { return [] }
                return sources(check).map { source in
                    trial("\(backend.name)/\(server.name)", check, source)
                }
            }
        }
    }

    private func sources(_ check: CheckDefinition) -> [CheckFact.Source] {
        // `source`: sessions and checks come from nowhere else.
        if let own = check.source?.address {
            return [own.isUnspecified ? .kernel(nil) : .node(own)]
        }
        let isV4 = check.endpoint.address.isV4
        let usual: [CheckFact.Source] =
            if let node = facts.railAddresses.first, node.isV4 == isV4 {
                facts.interface(with: node) != nil ? [.node(node)] : []
            } else {
                [.kernel(nil)]
            }
        let virtual = facts.virtualAddresses.map(\.address).filter {
            $0.isV4 == isV4 && facts.interface(with: $0) != nil
        }
        return usual + virtual.map { .virtual($0) }
    }

    private func trial(
        _ name: String,
        _ check: CheckDefinition,
        _ wanted: CheckFact.Source
    ) -> CheckFact {
        var source = wanted
        let result: CheckFact.Result
        do throws(SystemError) {
            result = try ask(check, from: &source)
        } catch {
            result = .failed(error.reason)
        }
        return CheckFact(
            server: name,
            user: check.kind.user,
            source: source,
            result: result
        )
    }

    /// - Parameter source: what the kernel chose is filled in.
    private func ask(
        _ check: CheckDefinition,
        from source: inout CheckFact.Source
    ) throws(SystemError) -> CheckFact.Result {
        let deadline = Instant.now + Self.patience
        let endpoint = check.endpoint
        let socket = try Socket(.stream, for: endpoint.address)
        if let own = check.source {
            try socket.leave(from: own)
        } else if let address = source.address {
            try socket.bind(to: Endpoint(address, 0))
        }
        try socket.connect(to: endpoint)
        // It has its address from the moment on that it has a way.
        if case .kernel = source { source = .kernel(socket.localEndpoint?.address) }
        let raw = socket.descriptor.raw
        guard Poll.wait(for: .writable, of: [raw], until: deadline) else {
            return .failed("no connection in time")
        }
        let error = socket.pendingError()
        guard error == 0 else { throw SystemError("connect", "\(endpoint)", errno: error) }
        let hello = check.hello(from: socket.localEndpoint ?? Endpoint(.anyV4, 0))
        if !hello.isEmpty { try socket.send(hello) }
        guard var exchange = check.kind.exchange else { return .passed }
        var verdict = exchange.begin()
        while true {
            let output = exchange.takeOutput()
            if !output.isEmpty { try socket.send(output) }
            guard verdict == .needsMore else { break }
            guard Poll.wait(of: [raw], until: deadline) else { return .failed("no answer in time") }
            guard let bytes = try socket.receive(limit: 4096) else { continue }
            verdict = bytes.isEmpty ? exchange.closed() : exchange.received(bytes)
        }
        // Closing over unread bytes would send RST, which a database counts against this host.
        _ = hb_shutdown_writing(raw)
        while Poll.wait(of: [raw], until: .now + .milliseconds(200)),
            let rest = try? socket.receive(limit: 4096), !rest.isEmpty
        {}
        let outcome = CheckOutcome(verdict, duration: .zero)
        return switch verdict {
        case .needsMore, .passed, .reported: .passed
        case .refused(let status, _): .refused(code: status, message: outcome?.info ?? "")
        case .invalid: .failed(outcome?.info ?? "")
        }
    }
}
