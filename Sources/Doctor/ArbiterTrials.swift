internal import Arbiter
internal import Configuration
internal import Daemon
internal import Diagnosis
internal import LinuxIO
internal import PairControl
internal import Primitives

/// A read of the pair's key at each member of its arbiter. Nothing is written.
struct ArbiterTrials {
    /// Of one request.
    private static let patience = Duration.seconds(1)

    let pair: Configuration.PairSettings

    func run() -> [ArbiterFact] {
        (pair.arbiter?.members ?? []).map { member in
            guard let endpoint = ArbiterTranslation.endpoint(member) else {
                let url = "http://\(member.host):\(member.port)"
                return ArbiterFact(url, .failed("etcd at \(url): the name is not known"))
            }
            return ask(endpoint)
        }
    }

    private func ask(_ endpoint: ArbiterEndpoint) -> ArbiterFact {
        let arbiter = EtcdArbiter(
            endpoints: [endpoint],
            pair: pair.name,
            timeLimit: Self.patience
        )
        defer { arbiter.end() }
        // The first one makes the connection, which a daemon has.
        var answer = ArbiterAnswer.failed("")
        var start = Instant.now
        for _ in 0..<2 {
            start = .now
            answer = arbiter.ask(ArbiterRequest(askedAt: start, kind: .read))
            if case .failed(let why) = answer { return ArbiterFact("\(endpoint)", .failed(why)) }
        }
        let time = Instant.now - start
        guard case .found(let record, let revision) = answer, let cluster = arbiter.cluster else {
            return ArbiterFact("\(endpoint)", .failed("etcd at \(endpoint): no answer to a read"))
        }
        let says: ArbiterFact.Says =
            if let record { .record(record.text) } else { revision == 0 ? .nothing : .foreign }
        return ArbiterFact("\(endpoint)", .answered(says, within: time, cluster: cluster))
    }
}
