import Diagnosis
import Primitives
import Testing

/// Facts in, findings out.
@Suite struct DiagnosisTests {
    @Test func `where all is right nothing fails and nothing is warned of`() {
        let diagnosis = Diagnosis(Hosts.good)
        let bad = diagnosis.findings.filter { $0.verdict == .failure || $0.verdict == .warning }
        #expect(bad == [])
        #expect(diagnosis.exitStatus == 0)
        // Only application accounts cannot be tried.
        #expect(diagnosis.findings.count { $0.verdict == .unknown } == 1)
        #expect(Set(diagnosis.findings.map(\.topic)) == Set(Finding.Topic.allCases))
    }

    @Test func `a failure decides the exit status, a warning does not`() {
        var facts = Hosts.good
        facts.heard.hasSameConfiguration = false
        #expect(Diagnosis(facts).exitStatus == 0)
        #expect(Diagnosis(facts).warnings == 1)
        facts.listeners = [Hosts.listener(.taken)]
        #expect(Diagnosis(facts).exitStatus == 1)
    }

    @Test func `every failure and every warning says what to do, or is one of the file's`() {
        var facts = Hosts.good
        facts.daemon = .silent("no right")
        facts.interfaces = []
        facts.rails[0].isHeardByPeer = false
        facts.rights?.capabilities = 0
        facts.rights?.fence = .refused("bpf: EPERM")
        facts.rights?.isRealTimePermitted = false
        facts.rights?.mayLockMemory = false
        facts.kernel.settings["net/ipv4/ip_forward"] = "1"
        facts.kernel.settings["net/ipv4/conf/all/arp_ignore"] = "0"
        facts.checks = [Hosts.check(.refused(code: 1130, message: "no"))]
        facts.listeners = [Hosts.listener(.taken)]
        facts.arbiter = [ArbiterFact("http://10.0.0.1:2379", .failed("no"))]
        for finding in Diagnosis(facts).findings
        where finding.verdict == .failure || finding.verdict == .warning {
            #expect(finding.advice != nil, "\(finding.text)")
        }
    }

    @Test func `an interface that is missing, down or without carrier fails`() {
        #expect(
            Hosts.findings(.interface) { $0.interfaces = [] }.map(\.verdict) == [.failure]
        )
        #expect(
            Hosts.findings(.interface) { $0.interfaces[0].isUp = false }.map(\.verdict)
                == [.failure]
        )
        #expect(
            Hosts.findings(.interface) { $0.interfaces[0].hasCarrier = false }.map(\.verdict)
                == [.failure]
        )
        #expect(
            Hosts.findings(.address) { $0.railAddresses = [.v4(0x0A00_000C)] }.map(\.verdict)
                == [.failure]
        )
    }

    @Test func `a stranger at the virtual IP is named by its hardware address`() throws {
        let found = Hosts.findings(.virtualIP) {
            $0.virtualAddresses[0].answers = [Hosts.peerMAC, Hosts.stranger]
        }
        let finding = try #require(found.first)
        #expect(finding.verdict == .failure)
        #expect(finding.text.contains("02:00:0a:00:00:32"))
    }

    @Test func `a holder that nobody on this segment hears is on another segment`() throws {
        let found = Hosts.findings(.virtualIP) { $0.virtualAddresses[0].answers = [] }
        #expect(try #require(found.first).text.contains("nobody answers"))
        #expect(found.map(\.verdict) == [.failure])
    }

    @Test func `the virtual IP on a node that is not active fails, on the active one it is right`()
    {
        let place: (inout Facts) -> Void = { facts in
            facts.interfaces[0].addresses.append(.init(Hosts.virtual, prefixLength: 32))
            facts.virtualAddresses[0].answers = []
            facts.heard.isHolder = false
            facts.heard.role = "standby"
        }
        #expect(Hosts.findings(.virtualIP, place).map(\.verdict) == [.failure])
        let active = Hosts.findings(.virtualIP) { facts in
            place(&facts)
            facts.daemon = .running(role: "active", isCurrent: true)
        }
        #expect(active == [])
        let elsewhere = Hosts.findings(.virtualIP) { facts in
            place(&facts)
            facts.daemon = .running(role: "active", isCurrent: true)
            facts.interfaces[0].name = "eth0"
        }
        #expect(elsewhere.first?.text.contains("is on eth0") == true)
    }

    @Test func `a peer that has the virtual IP and is not active is told of`() {
        let found = Hosts.findings(.virtualIP) { facts in
            facts.heard.isHolder = false
            facts.heard.role = "standby"
        }
        #expect(found.map(\.verdict) == [.failure])
        let silent = Hosts.findings(.virtualIP) { facts in
            facts.heard.isHolder = false
            facts.heard.role = nil
        }
        #expect(silent.map(\.verdict) == [.warning])
    }

    @Test func `an interface without an address in the network of the virtual IP is warned of`() {
        let found = Hosts.findings(.virtualIP) {
            $0.interfaces[0].addresses = [
                .init(.v4(0xC0A8_0001), prefixLength: 24), .init(Hosts.own, prefixLength: 32),
            ]
        }
        #expect(found.map(\.verdict) == [.warning])
    }

    @Test func `it can be written out for people and has one line a finding, and one of advice`() {
        var facts = Hosts.good
        facts.listeners = [Hosts.listener(.taken)]
        let text = Diagnosis(facts).text(colour: false)
        #expect(text.hasPrefix("haproxy-node01, of pair galera-vip\n"))
        #expect(text.contains("  FAIL  listener            galera_cluster at 0.0.0.0:3306"))
        #expect(text.contains("          -> `ss -ltnp 'sport = :3306'`"))
        #expect(text.contains("1 failed, 0 warned of, 1 could not be found out"))
        #expect(!text.contains("\u{1B}"))
        #expect(Diagnosis(facts).text(colour: true).contains("\u{1B}[1;31mFAIL\u{1B}[0m"))
    }
}
