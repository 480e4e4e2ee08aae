import Configuration
import Daemon
import Glibc
import Heart
import Lab
import LinuxIO
import PairControl
import Primitives
import Relay
import Testing
import VIPManager

@Suite struct PairTranslationTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory("pair") }

    private var keyPath: String { directory.path + "/pair.key" }

    /// Where the configuration names it.
    private var keyPlace: String { "t.cfg:13:17: secret-file \(keyPath)" }

    private func pair(_ more: String = "") -> String {
        smallBalancer(
            """
            pair galera-vip
                node alpha 192.0.2.1 198.51.100.1 priority 150
                node beta 192.0.2.2 198.51.100.2 priority 100
                virtual-ip 192.0.2.100 dev lo
                secret-file \(keyPath)
            \(more)
            """
        )
    }

    private func parts(_ text: String, node: String) throws -> Parts {
        try Parts.make(try configuration(text), node: node, existing: nil)
    }

    private func failure(_ text: String, node: String = "alpha") throws -> String {
        let failure = #expect(throws: StartFailure.self) { try parts(text, node: node) }
        return try #require(failure?.description)
    }

    private func writeKey(_ text: String = "0123456789abcdef\n") throws {
        try TextFile.write(text, to: keyPath)
        try SystemCall.run("chmod", keyPath) { unsafe chmod(keyPath, 0o600) }
    }

    @Test func `a rail line is one more rail behind the address pairs`() throws {
        try writeKey()
        let text = pair("    rail ethernet dev eth1")
        let heart = try #require(try parts(text, node: "beta").heart)
        #expect(heart.rails.count == 2)
        #expect(heart.ethernetRails == ["eth1"])
        #expect(heart.pair.railCount == 3)
        let old = try parts(pair(), node: "beta")
        #expect(try parts(text, node: "beta").changeThatNeedsRestart(from: old) == "the rail lines")
    }

    @Test func `each node sees the pair from its own side`() throws {
        try writeKey()
        let text = pair(
            """
                heartbeat every 20ms dead-after 90ms port 700
                boot-hold 1s
                preempt on
            """
        )
        let alpha = try #require(try parts(text, node: "alpha").heart)
        #expect(alpha.pair.name == "galera-vip")
        #expect(alpha.pair.own.name == "alpha" && alpha.pair.own.priority == 150)
        #expect(alpha.pair.peer.name == "beta" && alpha.pair.peer.priority == 100)
        #expect(alpha.pair.own.order == 0 && alpha.pair.peer.order == 1)
        #expect(
            alpha.rails.map { "\($0.own) \($0.peer)" }
                == ["192.0.2.1 192.0.2.2", "198.51.100.1 198.51.100.2"]
        )
        #expect(alpha.port == 700)
        #expect(alpha.pair.interval == .milliseconds(20))
        #expect(alpha.pair.deadAfter == .milliseconds(90))
        #expect(alpha.pair.bootHold == .seconds(1))
        #expect(alpha.pair.preempt)
        let address = IPAddress.v4(0xC000_0264)
        #expect(alpha.virtualAddresses.map { "\($0)" } == ["\(address) dev lo"])
        let beta = try #require(try parts(text, node: "beta").heart)
        #expect(beta.pair.own == alpha.pair.peer && beta.pair.peer == alpha.pair.own)
        #expect(beta.rails == alpha.rails.map { .init(own: $0.peer, peer: $0.own) })
        #expect(beta.pair.configurationDigest == alpha.pair.configurationDigest)
        #expect(beta.keys == alpha.keys)
    }

    @Test func `the relay knows the virtual addresses, and shows its pulse`() throws {
        try writeKey()
        let alpha = try parts(pair(), node: "alpha").plan
        let beta = try parts(pair(), node: "beta").plan
        #expect(alpha.virtualSources.map(\.address) == [.v4(0xC000_0264)])
        #expect(alpha.pulseInterval == .milliseconds(100))
        let lower = try #require(alpha.virtualSources[0].ports)
        let upper = try #require(beta.virtualSources[0].ports)
        #expect(Int(lower.upperBound) + 1 == Int(upper.lowerBound))
    }

    @Test func `a host that is none of the nodes is told their names`() throws {
        try writeKey()
        #expect(
            try failure(pair(), node: "gamma") == """
                t.cfg:9:1: this node is called 'gamma', but the nodes of pair galera-vip are \
                alpha, beta. Name this node with -L NODE, or correct the node lines
                """
        )
    }

    @Test func `a missing key file is told with the command that makes it`() throws {
        let words = try failure(pair())
        #expect(
            words.hasPrefix("t.cfg:13:17: secret-file \(keyPath): there is no such file. Make it")
        )
        #expect(words.contains("(umask 077; head -c 32 /dev/urandom | base64 > \(keyPath))"))
        #expect(words.hasSuffix("and copy it to the other one"))
    }

    @Test func `a key file that cannot be read is told with the reason`() throws {
        try Command.check("mkdir", [keyPath])
        #expect(
            try failure(pair())
                == "\(keyPlace): cannot read it: Is a directory"
        )
    }

    @Test(arguments: [
        ("", "holds no key."), ("# nothing else\n", "holds no key."),
        ("short\n", "line 1: a key has at least 16 characters"),
        ("\n\nshort\n", "line 3: a key has at least 16 characters"),
    ])
    func `a key file without a good key is told with its line`(
        _ content: String,
        _ reason: String
    ) throws {
        try writeKey(content)
        #expect(try failure(pair()).hasPrefix("\(keyPlace): \(reason)"))
    }

    @Test func `a pair that comes, goes or changes needs a restart`() throws {
        try writeKey()
        let with = try parts(pair(), node: "alpha")
        let without = try parts(smallBalancer(), node: "alpha")
        #expect(with.changeThatNeedsRestart(from: without) == "a new pair section")
        #expect(without.changeThatNeedsRestart(from: with) == "the removed pair section")
        #expect(with.changeThatNeedsRestart(from: with) == nil)
        let other = pair("    heartbeat every 50ms dead-after 250ms port 701")
        #expect(
            try parts(other, node: "alpha").changeThatNeedsRestart(from: with)
                == "the heartbeat port"
        )
    }

    @Test func `an arbiter is asked, and changes with a restart only`() throws {
        try writeKey()
        let without = try parts(pair(), node: "alpha")
        #expect(without.heart?.pair.hasArbiter == false)
        let with = try parts(pair("    arbiter etcd http://192.0.2.5"), node: "alpha")
        #expect(with.heart?.pair.hasArbiter == true)
        let more = "    arbiter etcd http://192.0.2.5,http://192.0.2.6"
        for (new, old) in [
            (with, without), (without, with), (try parts(pair(more), node: "alpha"), with),
        ] {
            #expect(new.changeThatNeedsRestart(from: old) == "the arbiter line")
        }
        #expect(with.changeThatNeedsRestart(from: with) == nil)
    }

    @Test func `a name of the arbiter that nobody knows is a warning`() throws {
        try writeKey()
        let text = pair("    arbiter etcd http://192.0.2.5,http://nobody.invalid:2380")
        let findings = NodeCheck.findings(try configuration(text), node: "beta")
        #expect(findings.errors == [])
        #expect(findings.warnings.count == 1)
        let warning = findings.warnings.first ?? ""
        #expect(warning.contains("arbiter: 'nobody.invalid' is not known and will not be asked"))
    }

    @Test func `a good pair on a host without its interface is a warning`() throws {
        try writeKey()
        let good = NodeCheck.findings(try configuration(pair()), node: "beta")
        #expect(good.errors == [] && good.warnings == [])
        let text = pair().replacing("dev lo", with: "dev nosuch0")
        let findings = NodeCheck.findings(try configuration(text), node: "beta")
        #expect(findings.errors == [])
        #expect(
            findings.warnings == [
                "t.cfg:12:16: interface nosuch0 does not exist on this host: "
                    + "this node could not hold 192.0.2.100"
            ]
        )
        let stranger = NodeCheck.findings(try configuration(pair()), node: "gamma")
        #expect(stranger.errors.count == 1)
        #expect(stranger.errors.first?.contains("Name this node with -L NODE") == true)
    }

    @Test func `a key that others can read is a warning`() throws {
        try writeKey()
        #expect(unsafe chmod(keyPath, 0o640) == 0)
        let findings = NodeCheck.findings(try configuration(pair()), node: "beta")
        #expect(findings.errors == [])
        #expect(
            findings.warnings == [
                "t.cfg:13:17: secret-file \(keyPath) has mode 0640: others than its owner can "
                    + "use it. `chmod 0400 \(keyPath)`, and a new key if somebody may have read it"
            ]
        )
        #expect(unsafe chmod(keyPath, 0o400) == 0)
        #expect(NodeCheck.findings(try configuration(pair()), node: "beta").warnings == [])
    }

    @Test func `what run does not do is a warning of the check`() throws {
        let global = "    user haproxy\n    group haproxy\n    daemon"
        let text = smallBalancer(global: global)
        let warnings = NodeCheck.findings(try configuration(text), node: nil).warnings
        #expect(warnings.count == 2)
        #expect(warnings.allSatisfy { $0.hasPrefix("global: ") })
    }
}
