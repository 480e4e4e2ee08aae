import Lab
import LinuxIO
import Primitives
import Testing

/// A real MariaDB behind it, with `proxy-protocol-networks`: who the client is, whom the checks log
/// in as, and what the server counts against us.
extension BalancerSuites {
    @Suite struct MariaDBTests {
        /// What `select user()` says to a client at 127.0.0.1.
        private func whoAmI(_ front: Endpoint) throws -> String {
            try Command.check(
                "mariadb",
                [
                    "--no-defaults", "-h", "\(front.address)", "-P", "\(front.port)", "-u", "app",
                    "--protocol=tcp", "--skip-ssl", "-N", "-e", "select user()",
                ]
            )
        }

        @Test func `the database knows its clients, and is at ease with the checks`() throws {
            let server = try MariaDBServer()
            try server.root("create user app@'127.0.0.%'; create user haproxy@'127.0.0.1'")
            let place = server.endpoint
            let lines = [
                "option mysql-check user haproxy",
                "server s \(place) check inter 100ms send-proxy-v2",
                "backend first", "    option mysql-check user haproxy post-80",
                "    server s \(place) check inter 100ms send-proxy",
                "backend plain", "    option mysql-check user haproxy pre-41",
                "    server s \(place) check inter 100ms",
                "backend greeting", "    option mysql-check",
                "    server s \(place) check inter 10s",
            ]
            let other = try Balancer().front
            let bare = try Balancer().front
            let balancer = try Balancer()
            try balancer.configure(
                more: lines.prefix(2).map { "    " + $0 } + lines.dropFirst(2) + [
                    "frontend one", "    bind \(other) accept-proxy", "    default_backend first",
                    "frontend two", "    bind \(bare)", "    default_backend plain",
                ]
            )
            try balancer.start()
            let names = ["db", "first", "plain", "greeting"]
            let isUp = try Patience.wait(.seconds(10)) {
                let table = StatTable(try balancer.ask("show", "stat"))
                return names.allSatisfy { table.field($0, "s", "status") == "UP" }
            }
            #expect(isUp)
            #expect(try whoAmI(balancer.front) == "app@127.0.0.1\n")
            // HAProxy in front of it: a client at another address, and one that it tells of.
            let places = try (0..<3).map { _ in try Balancer().front }
            let targets = [
                "\(balancer.front) source 127.0.0.5", "\(bare) source 127.0.0.5",
                "\(other) source 127.0.0.5 send-proxy-v2",
            ]
            let outer = try HAProxy(
                [
                    "defaults", "    timeout connect 2s", "    timeout client 8h",
                    "    timeout server 8h",
                ]
                    + zip(places, targets).flatMap { place, target in
                        ["listen l\(place.port)", "    bind \(place)", "    server s \(target)"]
                    }
            )
            let users = try places.map { try whoAmI($0) }
            #expect(users == ["app@127.0.0.5\n", "app@127.0.0.1\n", "app@127.0.0.1\n"])
            withExtendedLifetime(outer) {}
            // Hundreds of checks later nothing is counted against this host.
            Patience.pause(.seconds(3))
            let table = StatTable(try balancer.ask("show", "stat"))
            #expect(names.allSatisfy { table.field($0, "s", "chkfail") == "0" })
            #expect(try server.root("show status like 'Aborted_connects'").hasSuffix("\t1\n"))
        }
    }
}
