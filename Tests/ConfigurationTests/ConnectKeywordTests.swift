import Configuration
import Primitives
import Testing

/// `source`, the companions of `tcpka`, `minconn`, `hash-type`, `agent-check`.
@Suite struct ConnectKeywordTests {
    private func proxy(_ lines: String...) throws -> Proxy {
        try load(listen() + lines.map { "    \($0)\n" }.joined()).proxies[0]
    }

    @Test func `a source is that of the section, or the server's own`() throws {
        let proxy = try proxy(
            "source 10.0.0.9 interface eth1",
            "default-server weight 2",
            "server b 10.0.0.2:3306 source *:0",
            "server c 10.0.0.3:3306 source [fd00::9] interface eth2 weight 3"
        )
        #expect(
            proxy.source == ConnectSource(address: .v4(0x0A00_0009), interface: "eth1")
        )
        #expect(proxy.servers.map(\.options.source?.interface) == [nil, nil, "eth2"])
        #expect(proxy.servers[1].options.source?.address == .anyV4)
        #expect(proxy.servers.map(\.options.weight) == [1, 2, 3])
    }

    @Test func `probes count where keep-alive is on, in seconds if bare`() throws {
        let proxy = try proxy(
            "option clitcpka",
            "clitcpka-cnt 4",
            "clitcpka-idle 30",
            "clitcpka-intvl 1m",
            "srvtcpka-idle 9h"
        )
        #expect(proxy.clientKeepAlive?.count == 4)
        #expect(proxy.clientKeepAlive?.idle == 30)
        #expect(proxy.clientKeepAlive?.interval == 60)
        #expect(proxy.serverKeepAlive == nil)
        let other = try self.proxy("option tcpka", "srvtcpka-idle 9h")
        #expect(other.serverKeepAlive?.idle == 32_400 && other.clientKeepAlive == KeepAlive())
    }

    @Test func `minconn and fullconn`() throws {
        let proxy = try proxy(
            "fullconn 80",
            "server b 10.0.0.2:3306 minconn 5 maxconn 50",
            "server c 10.0.0.3:3306 minconn 60 maxconn 50",
            "server d 10.0.0.3:3306 minconn 7"
        )
        #expect(proxy.fullConnections == 80)
        #expect(proxy.servers.map(\.options.minConnections) == [nil, 5, 60, 7])
        #expect(proxy.servers.map(\.options.sessionLimit) == [nil, 50, 60, 7])
    }

    @Test(arguments: [
        ("map-based", false, false), ("consistent", true, true), ("consistent sdbm", true, false),
        ("consistent wt6 avalanche", true, true), ("map-based djb2 avalanche", false, true),
    ])
    func `hash-type mixes where HAProxy does`(
        _ words: String,
        _ isConsistent: Bool,
        _ isMixed: Bool
    ) throws {
        let expected = HashType(isConsistent: isConsistent, isMixed: isMixed)
        #expect(try proxy("hash-type \(words)").hashType == expected)
    }

    @Test func `an agent has a port, and what it is told`() throws {
        let proxy = try proxy(
            "default-server agent-inter 5s agent-port 9999",
            "server b 10.0.0.2:3306 agent-check agent-send \"hi b\\n\" agent-addr 10.0.0.4",
            "server c 10.0.0.3:3306 agent-check no-agent-check"
        )
        #expect(proxy.servers.map { $0.agent != nil } == [false, true, false])
        let agent = proxy.servers[1].agent
        #expect(agent?.port == 9999 && agent?.interval == .seconds(5))
        #expect(agent?.message == "hi b\n" && agent?.address == .address(.v4(0x0A00_0004)))
    }
}
