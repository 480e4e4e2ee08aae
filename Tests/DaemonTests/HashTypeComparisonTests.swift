import Lab
import LinuxIO
import Primitives
import Testing

/// `hash-type` beside Debian's HAProxy: the same clients find the same servers, whoever comes and
/// goes.
extension BalancerSuites {
    @Suite struct HashTypeComparisonTests {
        private static let types = [
            "consistent", "consistent sdbm", "consistent djb2 avalanche", "map-based",
            "map-based sdbm avalanche",
        ]

        @Test(arguments: types) func `clients find the servers that they find behind HAProxy`(
            _ type: String
        ) throws {
            let servers = try ["one", "two", "three"].map { try database($0) }
            defer { for server in servers { server.stop() } }
            let both = try SideBySide(
                ["balance source", "hash-type \(type)"]
                    + zip(["s1", "s2 weight 3", "s3"], servers).map { name, server in
                        let words = name.split(separator: " ", maxSplits: 1)
                        return "server \(words[0]) \(server.endpoint) "
                            + words.dropFirst().joined()
                    }
            )
            func compare(_ step: String) throws -> [String] {
                // Neighbours, and addresses that have nothing in common.
                let clients = (2..<42).map(UInt32.init) + (1...40).map { $0 &* 104_729 % 0xFF_FFF0 }
                return try clients.map { client in
                    let ours = try nodeName(of: both.balancer.front, from: client)
                    let theirs = try nodeName(of: both.haproxyFront, from: client)
                    #expect(ours == theirs, "\(step): \(client)")
                    return ours
                }
            }
            func order(_ line: String) throws {
                let words = line.split(separator: " ").map(String.init)
                #expect(try both.balancer.ask(words) == both.haproxy.ask(words))
            }
            let before = try compare("all")
            // Unmixed, all of loopback is one place of a ring.
            #expect(Set(before).count == (type == "consistent sdbm" ? 1 : 3))
            try order("set server db/s1 state maint")
            let without = try compare("s1 is away")
            // Who was elsewhere stays, with a ring.
            let moved = zip(before, without).count { $0 != "one" && $0 != $1 }
            #expect(type.hasPrefix("consistent") ? moved == 0 : moved > 0)
            try order("set server db/s1 state ready")
            #expect(try compare("s1 is back") == before)
            if type.hasPrefix("consistent") {
                try order("set weight db/s2 1")
                _ = try compare("s2 is lighter")
            }
        }
    }
}
