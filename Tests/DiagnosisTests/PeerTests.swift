import Diagnosis
import Primitives
import Testing

/// Rails, key, configuration, and what other hosts let this pair do.
@Suite struct PeerTests {
    @Test func `one direction only is a failure of the rail`() {
        let found = Hosts.findings(.rail) { $0.rails[0].isHeardByPeer = false }
        #expect(found.map(\.verdict) == [.failure])
        #expect(found[0].text.contains("one direction only"))
        #expect(Hosts.findings(.key) { $0.rails[0].isHeardByPeer = false }[0].verdict == .unknown)
    }

    @Test func `a host that refuses is a warning, a host that says nothing a failure`() {
        let quiet: (inout Facts) -> Void = { facts in
            facts.rails[0].isHeard = false
            facts.rails[0].isHeardByPeer = nil
            facts.heard = PeerFact()
            facts.virtualAddresses[0].answers = []
        }
        #expect(Hosts.findings(.rail, quiet).map(\.verdict) == [.failure])
        let refused = Hosts.findings(.rail) { facts in
            quiet(&facts)
            facts.rails[0].isRefused = true
        }
        #expect(refused.map(\.verdict) == [.warning])
        #expect(Hosts.findings(.configurationHash, quiet).map(\.verdict) == [.unknown])
        #expect(Hosts.findings(.key, quiet).map(\.verdict) == [.unknown])
    }

    @Test func `one silent rail of two fails whatever its host says`() {
        let found = Hosts.findings(.rail) { facts in
            var second = RailFact("ethernet on eth1")
            second.isRefused = true
            facts.rails.append(second)
        }
        #expect(found.map(\.verdict) == [.failure])
        #expect(found[0].text.contains("rail 2 (ethernet on eth1)"))
    }

    @Test func `a key that is another one is named as such`() {
        let found = Hosts.findings(.key) { facts in
            facts.rails[0].isHeard = false
            facts.rails[0].drops = ["unauthentic": 40]
        }
        #expect(found.map(\.verdict) == [.failure])
        let beside = Hosts.findings(.key) { $0.rails[0].drops = ["unauthentic": 3] }
        #expect(beside.map(\.verdict) == [.warning])
    }

    @Test(arguments: [(0.8, 0), (2.0, 1), (30.0, 1)])
    func `loss is warned of where it is noticeable`(loss: Double, warnings: Int) {
        #expect(Hosts.findings(.rail) { $0.rails[0].lossPercent = loss }.count == warnings)
    }

    @Test(arguments: [1045, 1130, 1698, 1251])
    func `a user that is not let in gets its grant spelt out`(code: Int) throws {
        let found = Hosts.findings(.checkUser) {
            $0.checks = [Hosts.check(.refused(code: code, message: "Access denied"))]
        }
        let finding = try #require(found.first { $0.verdict == .failure })
        #expect(finding.advice?.contains("CREATE USER 'haproxy'@'10.0.0.10'") == true)
    }

    @Test func `from the virtual IP a refused check user is a hint, not a failure`() {
        let found = Hosts.findings(.checkUser) {
            $0.checks.append(
                Hosts.check(
                    .refused(code: 1130, message: "Host is not allowed"),
                    from: .virtual(Hosts.virtual)
                )
            )
        }
        #expect(found.map(\.verdict) == [.warning, .unknown])
        #expect(!found[1].text.contains("can only be tried on the node"))
    }

    @Test func `an address that the kernel chose is named, and that it was the kernel`() throws {
        let chosen = CheckFact.Source.kernel(.v4(0x0A00_0042))
        var facts = Facts(node: "lb")
        facts.checks = [Hosts.check(.passed, from: chosen)]
        #expect(
            Diagnosis(facts).findings.filter { $0.topic == .checkUser }.map(\.text)
                == ["1 server let haproxy in from 10.0.0.66, which the kernel chose"]
        )
        facts.checks = [Hosts.check(.refused(code: 1045, message: "denied"), from: chosen)]
        let denied = try #require(Diagnosis(facts).findings.first { $0.topic == .checkUser })
        #expect(denied.verdict == .failure)
        #expect(denied.text.contains("in from 10.0.0.66, which the kernel chose (error 1045"))
        #expect(denied.advice?.contains("CREATE USER 'haproxy'@'10.0.0.66';") == true)
        facts.checks = [Hosts.check(.failed("Network is unreachable"), from: .kernel(nil))]
        #expect(
            Diagnosis(facts).findings.filter { $0.topic == .checkUser }.map(\.text)
                == ["galera_cluster/galera-node01 could not be asked: Network is unreachable"]
        )
    }

    @Test func `who only listened says nothing of the other direction`() {
        let found = Hosts.findings(.rail) {
            $0.talk = .listened
            $0.rails[0].isHeardByPeer = nil
        }
        #expect(found.map(\.verdict) == [.unknown])
    }

    @Test(arguments: [
        (Facts.Talk.none, "no daemon runs here"),
        (.listened, "no daemon runs here: this command listened to the other node itself"),
        (.spoke, "no daemon runs here: this command spoke to the other node itself"),
    ])
    func `what was done without a daemon is said as it was`(talk: Facts.Talk, text: String) {
        var facts = Hosts.good
        facts.talk = talk
        #expect(Diagnosis(facts).findings.filter { $0.topic == .daemon }.map(\.text) == [text])
    }

    @Test func `a server that does not answer, or answers something else`() {
        let silent = Hosts.findings(.checkUser) { $0.checks = [Hosts.check(.failed("no answer"))] }
        #expect(silent.map(\.verdict) == [.warning, .unknown])
        let full = Hosts.findings(.checkUser) {
            $0.checks = [Hosts.check(.refused(code: 1040, message: "Too many connections"))]
        }
        #expect(full.map(\.verdict) == [.failure, .unknown])
    }

    @Test func `what the other node says of its checks counts for its grants`() {
        #expect(
            Hosts.findings(.checkUser) { $0.heard.serversAreUsable = false }.map(\.verdict)
                == [.warning, .unknown]
        )
        #expect(
            Hosts.findings(.checkUser) { $0.heard.serversAreUsable = nil }.map(\.verdict)
                == [.unknown, .unknown]
        )
    }
}
