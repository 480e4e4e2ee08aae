import Lab
import LinuxIO
import Testing

/// `-n` and `-N` beside Debian's HAProxy.
extension BalancerSuites {
    @Suite struct LimitFlagComparisonTests {
        /// Ports of their own for each of the two.
        private static func sections() throws -> [String] {
            func section(_ name: String, _ lines: String...) throws -> [String] {
                try ["listen " + name] + lines + [
                    "    bind \(Balancer().front)", "    server s 127.0.0.1:9",
                ]
            }
            return try section("own", "    maxconn 33") + section("zero", "    maxconn 0") + [
                "defaults", "    maxconn 44", "    timeout connect 2s", "    timeout client 8h",
                "    timeout server 8h",
            ] + section("inherited")
        }

        @Test(
            arguments: [
                ([], []), (["-n", "50"], []), (["-n", "5"], []), (["-N", "7"], []),
                (["-N", "7"], ["maxconn 60"]), (["-n", "50"], ["maxconn 60"]),
                (["-n", "500"], ["maxconn 60"]), (["-n", "0", "-N", "0"], ["maxconn 60"]),
                (["-N", "70", "-n", "50"], ["maxconn 60"]),
            ] as [([String], [String])]
        )
        func `the limits are HAProxy's`(arguments: [String], global: [String]) throws {
            let balancer = try Balancer()
            try balancer.configure("server s1 127.0.0.1:9", global: global, more: Self.sections())
            try balancer.start(arguments: arguments)
            let haproxy = try HAProxy(
                [
                    "defaults", "    timeout connect 2s", "    timeout client 8h",
                    "    timeout server 8h", "listen db", "    bind \(Balancer().front)",
                    "    server s1 127.0.0.1:9",
                ] + Self.sections(),
                global: global,
                arguments: ["-db"] + arguments
            )
            let names = ["db", "own", "zero", "inherited"]
            func limit(_ ask: (String...) throws -> String) throws -> Int {
                let line = try ask("show", "info").split(separator: "\n").first {
                    $0.hasPrefix("Maxconn: ")
                }
                return try #require(line.flatMap { Int($0.dropFirst(9)) })
            }
            let (our, their) = try (limit(balancer.ask), limit(haproxy.ask))
            // Without a word each makes its own of the number of descriptors.
            let isSaid = !global.isEmpty || arguments.contains("-n")
            if isSaid { #expect(our == their) }
            func limits(_ ask: (String...) throws -> String) throws -> [Int] {
                let table = StatTable(try ask("show", "stat"))
                return names.map { Int(table.field($0, "FRONTEND", "slim") ?? "") ?? -1 }
            }
            let (ours, theirs) = try (limits(balancer.ask), limits(haproxy.ask))
            for (index, name) in names.enumerated() {
                // What all may have together bounds what is shown of each here.
                let model = min(theirs[index], their)
                #expect(ours[index] == (model == their ? our : model), "\(name)")
            }
        }

        @Test func `-n holds over a reload, and in the background`() throws {
            let server = try database("one")
            defer { server.stop() }
            let balancer = try Balancer()
            try balancer.configure("server s1 \(server.endpoint)", global: ["maxconn 100"])
            try balancer.start(arguments: ["-n", "1"])
            let session = try TestClient(balancer.front)
            #expect(try session.isServed())
            #expect(try !serves(balancer.front, within: .milliseconds(300)))
            #expect(try balancer.command("reload").status == .exited(0))
            #expect(try balancer.info("Maxconn") == "1")
            #expect(session.isSilent(for: .zero))
        }

        @Test func `a second start with another limit is refused, and one with the same is not`()
            throws
        {
            try withBalancer { balancer in
                let pid = try #require(balancer.process?.pid)
                let words = ["-f", balancer.configurationPath, "-D", "-sf", "\(pid)"]
                let other = try Command.run(BinaryLocator.path, words + ["-n", "9"])
                #expect(other.status == .exited(1))
                #expect(other.standardError.contains("it runs without -n, -N, -S: stop it"))
                let same = try Command.run(BinaryLocator.path, words)
                #expect(same.status == .exited(0), "\(same.standardError)")
            }
        }
    }
}
