import Diagnosis
import Primitives
import Testing

@Suite struct ArbiterTests {
    private static let down = ArbiterFact("http://10.0.0.3:2379", .failed("etcd at x: refused"))

    @Test func `one member that is down is warned of, all of them are a failure`() {
        let one = Hosts.findings(.arbiter) { $0.arbiter = [Hosts.arbiter(), Self.down] }
        #expect(one.map(\.verdict) == [.warning])
        #expect(one.map(\.text) == ["etcd at x: refused"])
        let all = Hosts.findings(.arbiter) { $0.arbiter = [Self.down, Self.down] }
        #expect(all.map(\.verdict) == [.failure, .failure])
    }

    @Test(arguments: [(50, 50, 0), (51, 50, 1), (199, 200, 0)])
    func `a read that takes longer than a beat is warned of`(took: Int, every: Int, warnings: Int) {
        let found = Hosts.findings(.arbiter) { facts in
            facts.interval = .milliseconds(every)
            facts.arbiter = [Hosts.arbiter(within: .milliseconds(took))]
        }
        #expect(found.count == warnings)
        #expect(found.allSatisfy { $0.verdict == .warning })
        #expect(found.allSatisfy { $0.advice?.contains("three beats (150 ms)") == true })
    }

    @Test func `members of two clusters are a failure, of whichever comes second`() {
        let found = Hosts.findings(.arbiter) {
            $0.arbiter = [Hosts.arbiter(1), Hosts.arbiter(2), Hosts.arbiter(3, cluster: "18")]
        }
        #expect(found.map(\.verdict) == [.failure])
        #expect(found.first?.text.contains("http://10.0.0.3:2379 is a member of another") == true)
    }

    @Test func `it says what the key says`() {
        let texts = { (says: ArbiterFact.Says) in
            var facts = Hosts.good
            facts.arbiter = [Hosts.arbiter(1, says)]
            return Diagnosis(facts).findings.filter { $0.topic == .arbiter }.map(\.text)
        }
        let start = "etcd at http://10.0.0.1:2379 answers within 2 ms; "
        #expect(texts(.nothing) == ["\(start)the pair has no key yet"])
        #expect(texts(.record("b epoch 7")) == ["\(start)the pair's key says: b epoch 7"])
        let foreign = Hosts.findings(.arbiter) { $0.arbiter = [Hosts.arbiter(1, .foreign)] }
        #expect(foreign.map(\.verdict) == [.warning])
    }

    @Test func `a pair without an arbiter is not asked about one`() {
        var facts = Hosts.good
        facts.arbiter = []
        #expect(!Diagnosis(facts).findings.contains { $0.topic == .arbiter })
    }
}
