import Configuration
import Primitives
import Testing

/// The configuration of the article that started the project, its line breaks restored.
let seed = """
    # this config needs haproxy-1.1.28 or haproxy-1.2.1

    global
            log 127.0.0.1   local0
            log 127.0.0.1   local1 notice
            #log loghost    local0 info
            maxconn 1024
            #chroot /usr/share/haproxy
            user haproxy
            group haproxy
            daemon
            #debug
            #quiet

    defaults
            log     global
            mode    http
            option  tcplog
            option  dontlognull
            retries 3
            option redispatch
            maxconn 1024
            timeout connect 5000ms
            timeout client 50000ms
            timeout server 50000ms

    listen galera_cluster 0.0.0.0:3306
            mode tcp
            balance roundrobin
            option tcpka
            option mysql-check user haproxy
            server galera-node01 10.0.0.1:3306 check weight 1
            server galera-node02 10.0.0.2:3306 check weight 1
            server galera-node03 10.0.0.3:3306 check weight 1

    """

@Suite struct SeedTests {
    @Test func `the article's configuration loads as it is printed, with notes only`() throws {
        let result = parse(seed)
        #expect(result.configuration != nil)
        #expect(
            result.diagnostics.map(\.description) == [
                "t.cfg:27:1: note: listen 'galera_cluster': sessions idle for 50s are closed; a"
                    + " connection pool that keeps them longer sees \"server has gone away\"",
                "t.cfg:27:23: note: an address on the 'listen' line is the old form: write"
                    + " 'bind 0.0.0.0:3306' on a line of its own",
            ]
        )
    }

    @Test func `the article's global section is understood`() throws {
        let global = try load(seed).global
        #expect(global.maxConnections == 1024)
        #expect(global.user == .name("haproxy"))
        #expect(global.group == .name("haproxy"))
        #expect(global.runsInBackground)
        #expect(!global.isQuiet)
        #expect(!global.isDebug)
        #expect(global.stateDirectory == "/var/lib/ha-balancer")
        #expect(global.statsSockets == [StatsSocket.standard])
        #expect(StatsSocket.standard.address == .path("/run/ha-balancer/admin.sock"))
        #expect(global.logTargets.map(\.facility) == [.local0, .local1])
        #expect(global.logTargets.map(\.maximumLevel) == [.debug, .notice])
        let syslog = LogTarget.Destination.udp(.address(.v4(0x7F00_0001)), port: 514)
        #expect(global.logTargets.map(\.destination) == [syslog, syslog])
    }

    @Test func `the article's listen section inherits from its defaults`() throws {
        let configuration = try load(seed)
        try #require(configuration.proxies.count == 1)
        let proxy = configuration.proxies[0]
        #expect(proxy.kind == .listen)
        #expect(proxy.name == "galera_cluster")
        #expect(proxy.binds.map(\.endpoint) == [Endpoint(.anyV4, 3306)])
        #expect(proxy.maxConnections == 1024)
        #expect(proxy.retries == 3)
        #expect(proxy.redispatch == .fromLastRetry(1))
        #expect(proxy.logFormat == .tcplog)
        #expect(proxy.skipsNullLogs)
        #expect(proxy.clientKeepAlive == KeepAlive())
        #expect(proxy.serverKeepAlive == KeepAlive())
        #expect(proxy.logTargets == configuration.global.logTargets)
        #expect(proxy.balance == .roundRobin)
        #expect(proxy.timeouts.connect == .seconds(5))
        #expect(proxy.timeouts.queue == .seconds(5))
        #expect(proxy.timeouts.client == .seconds(50))
        #expect(proxy.timeouts.server == .seconds(50))
        #expect(proxy.timeouts.check == nil)
        #expect(configuration.pair == nil)
    }

    @Test func `the article's servers are checked with a MySQL login`() throws {
        let proxy = try load(seed).proxies[0]
        guard case .mysql(let method) = proxy.checkMethod else {
            Issue.record("not a MySQL check")
            return
        }
        #expect(method.user == "haproxy")
        #expect(method.handshake == .post41)
        #expect(proxy.servers.map(\.name) == ["galera-node01", "galera-node02", "galera-node03"])
        #expect(proxy.servers.map(\.address.description) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
        #expect(proxy.servers.allSatisfy { $0.port == 3306 && $0.options.weight == 1 })
        for server in proxy.servers {
            let check = try #require(server.check)
            #expect(check.interval == .seconds(2))
            #expect(check.rise == 2)
            #expect(check.fall == 3)
            #expect(check.fastInterval == nil)
            #expect(check.port == nil)
        }
    }

    @Test func `with a pair, the trap of the article's grants is told`() {
        let notes = findings(seed + pair(), .note).filter { $0.contains("grant") }
        #expect(
            notes == [
                "t.cfg:31:16: note: grant 'haproxy' for both nodes (10.0.0.10, 10.0.0.11), or its"
                    + " checks fail after a failover; sessions come from the virtual address"
                    + " (10.0.0.100): the applications' grants must cover all of these"
            ]
        )
    }

    @Test func `a distribution's default file with a listen at its end loads too`() throws {
        // The keywords that Debian's package installs.
        let text = """
            global
                log /dev/log local0
                log /dev/log local1 notice
                chroot /var/lib/haproxy
                stats socket /run/haproxy/admin.sock mode 660 level admin expose-fd listeners
                stats timeout 30s
                user haproxy
                group haproxy
                daemon
                ca-base /etc/ssl/certs
                crt-base /etc/ssl/private
                ssl-default-bind-ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256
                ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets

            defaults
                log global
                mode http
                option httplog
                option dontlognull
                timeout connect 5000
                timeout client 50000
                timeout server 50000
                errorfile 400 /etc/haproxy/errors/400.http
                errorfile 503 /etc/haproxy/errors/503.http

            """ + listen("mode tcp")
        let result = parse(text)
        #expect(result.diagnostics.allSatisfy { $0.severity == .note })
        let configuration = try #require(result.configuration)
        #expect(configuration.global.statsTimeout == .seconds(30))
        #expect(configuration.proxies[0].logFormat == .tcplog)
        #expect(configuration.proxies[0].logTargets.count == 2)
        #expect(configuration.proxies[0].logTargets[0].destination == .unixSocket("/dev/log"))
    }
}
