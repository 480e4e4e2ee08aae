import ControlPlane

extension StatusReport {
    /// The article's pair on a good day, as its first node sees it.
    static let example = StatusReport(
        version: "0.1.0",
        nodeName: "haproxy-node01",
        generatedAt: "2026-11-24T03:14:15+00:00",
        configuration: ConfigurationStatus(
            file: "/etc/ha-balancer/ha-balancer.cfg",
            digest: "3f2a91c0",
            loadedAt: "2026-11-22T00:00:00+00:00",
            loadedMillisecondsAgo: 184_455_000
        ),
        pair: PairStatus(
            name: "galera-vip",
            virtualAddresses: ["10.0.0.100"],
            holder: "haproxy-node01",
            since: .init(millisecondsAgo: 192_000, at: "2026-11-24T03:11:03+00:00"),
            reason: "took over because haproxy-node02 was silent for 250 ms",
            epoch: 17,
            nodes: [.first, .second],
            rails: [
                RailStatus(
                    localAddress: "10.0.0.10",
                    peerAddress: "10.0.0.11",
                    lossPercent: 0,
                    roundTrip: .init(
                        minimumMilliseconds: 0.12,
                        averageMilliseconds: 0.31,
                        maximumMilliseconds: 1.06
                    ),
                    isHeardByPeer: true,
                    isHeard: true,
                    lastHeardMillisecondsAgo: 23
                )
            ]
        ),
        frontends: [
            FrontendStatus(
                name: "galera_cluster",
                endpoint: "10.0.0.100:3306",
                status: "OPEN",
                sessions: 42
            )
        ],
        servers: [
            .galera(1, "UP", check: "L7OK 2 ms 10.11.6-MariaDB", sessions: 21),
            .galera(2, "UP", check: "L7OK 1 ms 10.11.6-MariaDB", sessions: 21),
            .galera(3, "DOWN", check: "L4CON Connection refused", sessions: 0),
        ]
    )
}

extension NodeStatus {
    static let first = NodeStatus(
        name: "haproxy-node01",
        isThisNode: true,
        role: .active,
        bootID: "a1b2c3d4",
        sessions: 42,
        priority: 150,
        isHeard: true
    )
    static let second = NodeStatus(
        name: "haproxy-node02",
        isThisNode: false,
        role: .standby,
        bootID: "9f8e7d6c",
        sessions: 0,
        priority: 100,
        isHeard: true,
        lastHeardMillisecondsAgo: 23,
        hasSameConfiguration: true
    )
}

extension ServerStatus {
    static func galera(
        _ number: Int,
        _ status: String,
        check: String,
        sessions: Int
    ) -> ServerStatus {
        ServerStatus(
            proxy: "galera_cluster",
            name: "galera-node0\(number)",
            address: "10.0.0.\(number):3306",
            status: status,
            weight: 1,
            check: check,
            changedMillisecondsAgo: 192_000,
            sessions: sessions
        )
    }
}
