import Configuration
import Primitives
import Testing

@Suite struct ServerOptionTests {
    @Test func `limits, slow start and headers of a server are read`() throws {
        let text = listen(
            "default-server maxconn 50 maxqueue 9 slowstart 30s send-proxy non-stick",
            "server s2 10.0.0.2:3306",
            "server s3 10.0.0.3:3306 maxconn 0 maxqueue 0 slowstart 0 send-proxy-v2 stick",
            "server s4 10.0.0.4:3306 no-send-proxy on-marked-down shutdown-sessions"
                + " on-marked-up shutdown-backup-sessions check-send-proxy"
        )
        let servers = try load(text).proxies[0].servers
        #expect(servers.map(\.options.maxConnections) == [nil, 50, nil, 50])
        #expect(servers.map(\.options.maxQueue) == [nil, 9, nil, 9])
        #expect(servers.map(\.options.slowStart) == [nil, .seconds(30), nil, .seconds(30)])
        #expect(servers.map(\.options.proxyProtocol) == [nil, .version1, .version2, nil])
        #expect(servers.map(\.options.isRemembered) == [true, false, true, false])
        #expect(servers.map(\.options.shutsSessionsWhenDown) == [false, false, false, true])
        #expect(servers.map(\.options.shutsBackupSessionsWhenUp) == [false, false, false, true])
    }

    @Test func `what failed connects do is read, in any order`() throws {
        let text = listen(
            "default-server check on-error mark-down",
            "server s2 10.0.0.2:3306 error-limit 4 observe layer4",
            "server s3 10.0.0.3:3306 observe layer4 on-error sudden-death",
            "server s4 10.0.0.4:3306 observe layer4 observe none"
        )
        let checks = try load(text).proxies[0].servers.compactMap(\.check)
        #expect(checks.map(\.observesConnects) == [false, true, true, false])
        #expect(
            checks[1...2].map(\.observation) == [
                ConnectObservation(errorLimit: 4, reaction: .markDown),
                ConnectObservation(errorLimit: 10, reaction: .suddenDeath),
            ]
        )
    }
}
