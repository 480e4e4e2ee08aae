import Lab
import LinuxIO
import Primitives
import Testing

/// `stick on` beside Debian's HAProxy: the same clients, the same servers, the same table.
extension BalancerSuites {
    @Suite struct StickComparisonTests {
        @Test(arguments: ["src", "dst"])
        func `clients meet the servers that they meet behind HAProxy`(_ key: String) throws {
            let servers = try ["one", "two", "three"].map { try database($0) }
            defer { for server in servers { server.stop() } }
            // `stick on dst` in the field: a single writer among backups.
            let option = key == "dst" ? " backup" : ""
            let lines =
                // Whose choice does not depend on who came before.
                ["balance source", "stick-table type ip size 100 expire 10m", "stick on \(key)"]
                + zip(["s1", "s2", "s3"], servers).map { "server \($0) \($1.endpoint)\(option)" }
            let both = try SideBySide(lines)
            let (balancer, haproxy) = (both.balancer, both.haproxy)
            func compare(_ clients: [UInt32], _ step: String) throws {
                for client in clients {
                    let ours = try nodeName(of: balancer.front, from: client)
                    #expect(
                        try ours == nodeName(of: both.haproxyFront, from: client),
                        "\(step): \(client)"
                    )
                }
                #expect(try table(balancer.ask) == table(haproxy.ask), "\(step)")
            }
            func order(_ line: String) throws {
                let words = line.split(separator: " ").map(String.init)
                #expect(try balancer.ask(words) == haproxy.ask(words))
            }
            try compare([2, 3, 2, 4, 3, 5, 2], "first")
            try order("set server db/s1 state drain")
            try compare([2, 6, 3], "s1 drains")
            try order("set server db/s1 state maint")
            try compare([2, 5, 3, 7], "s1 is in maintenance")
            try order("set server db/s1 state ready")
            try compare([2, 3, 4, 5, 6, 7, 8], "s1 is back")
            try order("clear table db")
            try compare([2, 3], "cleared")
        }

        /// Without what differs by the moment.
        private func table(_ ask: ([String]) throws -> String) throws -> Set<String> {
            let lines = try ask(["show", "table", "db"]).split(separator: "\n").map { line in
                line.split(separator: " ").filter { !$0.hasPrefix("0x") && !$0.hasPrefix("exp=") }
                    .joined(separator: " ")
            }
            return Set(lines)
        }
    }
}
