import Arbiter
import Lab
import LinuxIO
import PairControl
import Primitives

extension EtcdArbiter {
    /// - Parameter limit: for one request to one endpoint
    convenience init(_ endpoints: [Endpoint], within limit: Duration = .seconds(5)) {
        self.init(
            endpoints: endpoints.map { ArbiterEndpoint($0) },
            pair: "galera-vip",
            timeLimit: limit
        )
    }

    func read() -> ArbiterAnswer { ask(ArbiterRequest(askedAt: .now, kind: .read)) }

    func write(_ holder: String, _ epoch: UInt64, over revision: UInt64) -> ArbiterAnswer {
        let record = ArbiterRecord(holder: holder, epoch: epoch, isAlone: false)
        return ask(ArbiterRequest(askedAt: .now, kind: .write(record, over: revision)))
    }
}

extension ArbiterAnswer {
    /// Of a write that was won.
    var written: UInt64? {
        if case .written(let revision) = self { revision } else { nil }
    }

    /// What was found, whoever wrote it.
    var found: UInt64? {
        if case .found(_, let revision) = self { revision } else { nil }
    }

    var failure: String? {
        if case .failed(let words) = self { words } else { nil }
    }
}

/// How long `body` took.
func time<Value>(_ body: () throws -> Value) rethrows -> (Value, Duration) {
    let start = Instant.now
    let value = try body()
    return (value, .now - start)
}
