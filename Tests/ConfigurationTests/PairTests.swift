import Configuration
import Primitives
import Testing

@Suite struct PairTests {
    @Test func `a pair has the defaults of its documentation`() throws {
        let settings = try #require(try load(pair()).pair)
        #expect(settings.name == "galera-vip")
        #expect(settings.nodes.map(\.name) == ["haproxy-node01", "haproxy-node02"])
        #expect(settings.nodes.map(\.priority) == [150, 100])
        #expect(settings.nodes.map(\.addresses) == [[.v4(0x0A00_000A)], [.v4(0x0A00_000B)]])
        #expect(settings.virtualAddresses.map(\.address) == [.v4(0x0A00_0064)])
        #expect(settings.virtualAddresses.map(\.interface) == ["eth1"])
        #expect(settings.secretFile == "/etc/ha-balancer/pair.key")
        #expect(settings.heartbeat.interval == .milliseconds(50))
        #expect(settings.heartbeat.deadAfter == .milliseconds(250))
        #expect(settings.heartbeat.port == 694)
        #expect(settings.bootHold == .seconds(3))
        #expect(!settings.preempts)
        #expect(try load(listen()).pair == nil)
    }

    @Test func `every setting of a pair has its place in the model`() throws {
        let settings = try #require(
            try load(
                """
                pair p
                    node a 10.0.0.10 fd00::a priority 1
                    node b 10.0.0.11 fd00::b priority 254
                    virtual-ip 10.0.0.100 dev eth1
                    virtual-ip fd00::64 dev bond0.4000-long
                    rail ethernet dev eth1
                    rail ethernet dev eth2
                    secret-file /k
                    heartbeat dead-after 60ms every 10ms
                    heartbeat port 7000
                    boot-hold 500ms
                    preempt on

                """
            ).pair
        )
        #expect(
            settings.nodes.map { $0.addresses.map(\.description) } == [
                ["10.0.0.10", "fd00::a"], ["10.0.0.11", "fd00::b"],
            ]
        )
        #expect(settings.virtualAddresses.map(\.address.description) == ["10.0.0.100", "fd00::64"])
        #expect(settings.virtualAddresses.map(\.interface) == ["eth1", "bond0.4000-long"])
        #expect(settings.ethernetRails.map(\.interface) == ["eth1", "eth2"])
        #expect(settings.heartbeat.interval == .milliseconds(10))
        #expect(settings.heartbeat.deadAfter == .milliseconds(60))
        #expect(settings.heartbeat.port == 7000)
        #expect(settings.bootHold == .milliseconds(500))
        #expect(settings.preempts)
    }

    @Test(arguments: [
        ("node02", "", "1:1: error: pair 'galera-vip' has 1 of exactly two 'node' lines"),
        (
            "node02",
            "node haproxy-node01 10.0.0.11 priority 1",
            "3:10: error: another node is named 'haproxy-node01' at t.cfg:2"
        ),
        (
            "node02",
            "node b haproxy-node02 priority 1",
            "3:12: error: 'haproxy-node02' is not a numeric address: node addresses are"
                + " numeric, because a host name may resolve to 127.0.1.1"
        ),
        (
            "node02",
            "node b 10.0.0.11 fd00::b priority 1",
            "3:5: error: 'haproxy-node01' has 1 and 'b' has 2 addresses: each pair of"
                + " addresses is one rail"
        ),
        (
            "node02",
            "node b fd00::b priority 1",
            "3:5: error: 10.0.0.10 and fd00::b cannot be one rail: one is IPv4, the other IPv6"
        ),
        (
            "node02",
            "node b 10.0.0.10 priority 1",
            "3:5: error: both nodes have the address 10.0.0.10"
        ),
        (
            "node02",
            "node b 10.0.0.11 10.0.0.11 priority 1",
            "3:22: error: the address is there twice"
        ),
        (
            "node02",
            "node b 0.0.0.0 priority 1",
            "3:12: error: '0.0.0.0' is not the address of one host"
        ),
        (
            "node02",
            "node b 224.0.0.18 priority 1",
            "3:12: error: '224.0.0.18' is not the address of one host"
        ),
        (
            "node02",
            "node b ff02::1 priority 1",
            "3:12: error: 'ff02::1' is not the address of one host"
        ),
        (
            "node02",
            "node b 10.0.0.11",
            "3:21: error: expected 'priority'; usage: node <name> <address> [<address>...]"
                + " priority <1-254>"
        ),
        (
            "node02",
            "node b 10.0.0.11 prioirty 1",
            "3:22: error: expected 'priority', found 'prioirty'; usage: node <name>"
                + " <address> [<address>...] priority <1-254>; did you mean 'priority'?"
        ),
        (
            "node02",
            "node b 10.0.0.11 priority 0",
            "3:31: error: '0' is out of range: expected a priority (1 to 254)"
        ),
        (
            "node02",
            "node b 10.0.0.11 priority 255",
            "3:31: error: '255' is out of range: expected a priority (1 to 254)"
        ),
        (
            "node02",
            "node b 10.0.0.11 priority 1 x",
            "3:33: error: unexpected 'x'; usage: node <name> <address> [<address>...]"
                + " priority <1-254>"
        ),
        (
            "node02",
            "node b 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 priority 1",
            "3:48: error: more than 4 addresses"
        ),
        ("virtual-ip", "", "1:1: error: pair 'galera-vip' has no 'virtual-ip'"),
        (
            "virtual-ip",
            "virtual-ip 10.0.0.100/24 dev eth1",
            "4:16: error: '10.0.0.100/24' is not an address: write it without a prefix"
                + " length, it is always a single host's (/32, /128)"
        ),
        (
            "virtual-ip",
            "virtual-ip vip dev eth1",
            "4:16: error: 'vip' is not an address: expected a numeric address"
        ),
        (
            "virtual-ip",
            "virtual-ip 127.0.0.5 dev eth1",
            "4:16: error: '127.0.0.5' is a loopback address"
        ),
        (
            "virtual-ip",
            "virtual-ip 10.0.0.100 eth1",
            "4:27: error: expected 'dev', found 'eth1'; usage: virtual-ip <address> dev"
                + " <interface>"
        ),
        (
            "virtual-ip",
            "virtual-ip 10.0.0.100 dev",
            "4:30: error: expected the name of an interface such as eth1; usage:"
                + " virtual-ip <address> dev <interface>"
        ),
        (
            "virtual-ip",
            "virtual-ip 10.0.0.100 dev abcdefghijklmnop",
            "4:31: error: 'abcdefghijklmnop' is longer than the 15 bytes of an interface name"
        ),
        (
            "virtual-ip",
            "virtual-ip 10.0.0.100 dev eth/1",
            "4:31: error: 'eth/1' is not an interface name"
        ),
        (
            "virtual-ip",
            "virtual-ip 10.0.0.100 dev ..",
            "4:31: error: '..' is not an interface name"
        ),
        (
            "virtual-ip",
            "virtual-ip 10.0.0.11 dev eth1",
            "4:16: error: 10.0.0.11 is the address of node 'haproxy-node02': a virtual"
                + " address belongs to no host"
        ),
        (
            "secret-file",
            "",
            "1:1: error: pair 'galera-vip' has no 'secret-file': heartbeats are always"
                + " authenticated"
        ),
        (
            "secret-file",
            "secret-file pair.key",
            "5:17: error: 'pair.key' is not an absolute path: it must begin with '/'"
        ),
        ("galera-vip", "pair", "1:9: error: expected the name of the pair; usage: pair <name>"),
    ]) func `a pair that cannot work is refused where it is wrong`(
        original: String,
        replacement: String,
        error: String
    ) {
        let errors = findings(pair(replacing: original, with: replacement))
        // A node or path that was refused is also missing, and that is said too.
        #expect(errors.contains("t.cfg:\(error)"), "\(errors)")
        #expect(parse(pair(replacing: original, with: replacement)).configuration == nil)
    }

    @Test(arguments: [
        (
            "node c 10.0.0.12 priority 1",
            "6:5: error: a pair has exactly two nodes: make one more pair, with its own"
                + " virtual address"
        ),
        ("virtual-ip 10.0.0.100 dev eth2", "6:16: error: '10.0.0.100' is there twice"),
        (
            "heartbeat every 4ms",
            "6:21: error: '4ms' is out of range: expected a time from 5ms to 10s"
        ),
        (
            "heartbeat every 11s dead-after 60s",
            "6:21: error: '11s' is out of range: expected a time from 5ms to 10s"
        ),
        (
            "heartbeat every 100ms",
            "6:5: error: 'dead-after' (250ms) must be at least three times 'every'"
                + " (100ms): one lost beat is no death"
        ),
        (
            "heartbeat dead-after 149ms",
            "6:5: error: 'dead-after' (149ms) must be at least three times 'every' (50ms):"
                + " one lost beat is no death"
        ),
        ("heartbeat port 0", "6:20: error: '0' is out of range: expected a port (1 to 65535)"),
        (
            "heartbeat",
            "6:14: error: expected 'every', 'dead-after' or 'port'; usage: heartbeat"
                + " [every <time>] [dead-after <time>] [port <port>]"
        ),
        (
            "heartbeat evrey 50ms",
            "6:15: error: unknown option 'evrey' of 'heartbeat'; did you mean 'every'?"
        ),
        ("boot-hold 301s", "6:15: error: '301s' is out of range: expected a time from 0s to 300s"),
        ("preempt yes", "6:13: error: unknown setting 'yes' (on, off)"),
        (
            "rail",
            "6:9: error: expected 'ethernet'; usage: rail ethernet dev <interface>"
        ),
        (
            "rail ethrenet dev eth1",
            "6:10: error: expected 'ethernet', found 'ethrenet'; usage: rail ethernet dev"
                + " <interface>; did you mean 'ethernet'?"
        ),
        (
            "rail ethernet dev eth1/2",
            "6:23: error: 'eth1/2' is not an interface name"
        ),
        (
            "rail ethernet dev eth1 eth2",
            "6:28: error: unexpected 'eth2'; usage: rail ethernet dev <interface>"
        ),
        (
            "rail ethernet dev eth1\n    rail ethernet dev eth1",
            "7:23: error: there is a rail on 'eth1' already"
        ),
        (
            "on-change bin/x",
            "6:15: error: 'bin/x' is not an absolute path: it must begin with '/'"
        ),
        (
            "on-change /bin/x timeout 1ms",
            "6:30: error: '1ms' is out of range: expected a time from 100ms to 600s"
        ),
        (
            "virtual_ip 10.0.0.101 dev eth1",
            "6:5: error: unknown keyword 'virtual_ip' in section 'pair'; did you mean"
                + " 'virtual-ip'?"
        ),
    ]) func `a mistake in a pair is located`(line: String, error: String) throws {
        #expect(try onlyError(pair() + "    \(line)\n") == "t.cfg:\(error)")
    }

    @Test(arguments: ["heartbeat dead-after 150ms", "heartbeat every 5ms dead-after 15ms"])
    func `three intervals without a beat are the least`(line: String) throws {
        #expect(try load(pair() + "    \(line)\n").pair != nil)
    }

    @Test func `one configuration has one pair`() throws {
        #expect(
            try onlyError(pair() + pair())
                == "t.cfg:6:1: error: there is a 'pair' section already, at t.cfg:1"
        )
    }

    @Test func `no more rails than the limit`() {
        let lines = (0..<5).map { "    rail ethernet dev eth\($0)\n" }.joined()
        #expect(findings(pair() + lines) == ["t.cfg:10:5: error: too many 'rail' lines"])
    }

    @Test func `no more virtual addresses than the limit`() {
        let lines = (0..<64).map { "    virtual-ip 10.1.0.\($0) dev eth1\n" }.joined()
        #expect(findings(pair() + lines) == ["t.cfg:69:16: error: too many 'virtual-ip' lines"])
    }
}

@Suite struct LintTests {
    @Test func `a check without user fills the databases' error counters`() {
        #expect(
            findings(listen("option mysql-check"), .note) == [
                "t.cfg:7:12: note: without 'user', every check is an aborted handshake that the"
                    + " database counts against max_connect_errors, and at the limit it blocks this"
                    + " host"
            ]
        )
    }

    @Test func `different idle timeouts on both sides are noted`() {
        #expect(
            findings(listen("timeout server 30m"), .note) == [
                "t.cfg:1:1: note: listen 'db': 'timeout client' (3600s) and 'timeout server' (1800s)"
                    + " differ, the shorter one ends idle sessions"
            ]
        )
    }

    @Test func `short idle timeouts are noted where nothing replaces them`() {
        let text = listen("timeout server 599s", "timeout client 599s")
        #expect(
            findings(text, .note) == [
                "t.cfg:1:1: note: listen 'db': sessions idle for 599s are closed; a connection pool"
                    + " that keeps them longer sees \"server has gone away\""
            ]
        )
        #expect(findings(text + "    timeout tunnel 8h\n", .note) == [])
        #expect(findings(listen("timeout server 600s", "timeout client 600s"), .note) == [])
    }

    @Test func `a server that is never checked is noted once per proxy`() {
        #expect(
            findings(listen("server s2 10.0.0.2:1", "server s3 10.0.0.3:1"), .note) == [
                "t.cfg:7:12: note: server 's2' (and 1 more) is not checked: it gets sessions even when"
                    + " it is dead"
            ]
        )
    }

    @Test func `a server at the virtual address is a circle`() {
        #expect(
            findings(pair() + listen("server s2 10.0.0.100:3306 check"), .warning) == [
                "t.cfg:12:12: warning: server 's2' is at the virtual address: sessions would go in a"
                    + " circle"
            ]
        )
    }

    @Test func `a good configuration is silent`() {
        #expect(findings(listen() + pair(), .note) == [])
    }
}
