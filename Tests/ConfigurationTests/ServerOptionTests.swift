import Configuration
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
        #expect(servers.map(\.maxConnections) == [nil, 50, nil, 50])
        #expect(servers.map(\.maxQueue) == [nil, 9, nil, 9])
        #expect(servers.map(\.slowStart) == [nil, .seconds(30), nil, .seconds(30)])
        #expect(servers.map(\.proxyProtocol) == [nil, .version1, .version2, nil])
        #expect(servers.map(\.isRemembered) == [true, false, true, false])
        #expect(servers.map(\.shutsSessionsWhenDown) == [false, false, false, true])
        #expect(servers.map(\.shutsBackupSessionsWhenUp) == [false, false, false, true])
    }
}
