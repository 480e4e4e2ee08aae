import Lab
import Testing

/// `load-server-state-from-file` beside Debian's HAProxy: the same file, the same words of an
/// operator.
extension BalancerSuites {
    @Suite struct ServerStateFileTests {
        /// Each word of the file, for a server of each kind of line.
        private static let administrations = [0, 1, 4, 5, 8, 12]

        private static let lines = ["", "disabled", "weight 7"]

        private func stateFile(_ proxy: String, weight: Int) -> String {
            var text = "1\n# be_id be_name srv_id srv_name srv_addr and so on\n"
            for (kind, _) in Self.lines.enumerated() {
                for administration in Self.administrations {
                    let initial = kind == 2 ? 7 : 1
                    text +=
                        "2 \(proxy) 1 s\(kind)-\(administration) 127.0.0.1"
                        + " 2 \(administration) \(weight)"
                        + " \(initial) 9 1 0 0 0 0 0 0 - 9 - 0 0 - - 0\n"
                }
            }
            return text + "2 \(proxy) 1 gone 127.0.0.1 2 1 1 1 9 1 0 0 0 0 0 0 - 9 - 0 0 - - 0\n"
        }

        private func servers() -> [String] {
            Self.lines.enumerated().flatMap { kind, line in
                Self.administrations.map { "    server s\(kind)-\($0) 127.0.0.1:9 \(line)" }
            }
        }

        @Test(arguments: ["global", "local"], [1, 5])
        func `an operator's words outlive a restart as HAProxy's do`(
            _ source: String,
            _ weight: Int
        ) throws {
            let directory = try TemporaryDirectory("states")
            try TextFile.write(stateFile("b", weight: weight), to: directory.path + "/b")
            let both = try SideBySide(
                ["server s 127.0.0.1:9"],
                more: ["backend b", "    load-server-state-from-file \(source)"] + servers(),
                global: ["server-state-base \(directory.path)", "server-state-file b"]
            )
            for kind in Self.lines.indices {
                for administration in Self.administrations {
                    let name = "s\(kind)-\(administration)"
                    let (ours, theirs) = try both.statistics { $0.field("b", name, "status") }
                    #expect(ours == theirs, "\(name)")
                    let weight = ["get", "weight", "b/\(name)"]
                    #expect(try both.balancer.ask(weight) == both.haproxy.ask(weight), "\(name)")
                }
            }
            #expect(both.balancer.log.contains("b: as \(directory.path)/b has it: "))
        }

        @Test func `what it writes it reads`() throws {
            let directory = try TemporaryDirectory("states")
            let path = directory.path + "/servers"
            func start() throws -> Balancer {
                let balancer = try Balancer()
                try balancer.configure(
                    "load-server-state-from-file global",
                    "server s1 127.0.0.1:9",
                    "server s2 127.0.0.1:9 weight 10",
                    "server s3 127.0.0.1:9 disabled",
                    global: ["server-state-file \(path)"]
                )
                try balancer.start()
                return balancer
            }
            let first = try start()
            #expect(first.log.contains("server-state-file \(path): "))
            #expect(try first.ask("set", "server", "db/s1", "state", "drain") == "")
            #expect(try first.ask("set", "weight", "db/s2", "50%") == "")
            #expect(try first.ask("set", "server", "db/s3", "state", "ready") == "")
            try TextFile.write(try first.ask("show", "servers", "state"), to: path)
            let second = try start()
            #expect(try second.stat("s1", "status") == first.stat("s1", "status"))
            #expect(try second.stat("s2", "weight") == "5")
            #expect(try second.stat("s3", "status") == "no check")
            #expect(second.log.contains("db: as \(path) has it: s1 drain, s2 weight 5, s3 ready"))
        }

        @Test(arguments: [
            ("2\n", "it does not begin with '1'"), ("1\n# x\nnonsense\n", "line 3 is not what"),
            ("", "it does not begin with '1'"),
        ])
        func `a file that is none is told, and changes nothing`(
            _ text: String,
            _ reason: String
        ) throws {
            let balancer = try Balancer()
            let path = balancer.directory.path + "/servers"
            try TextFile.write(text, to: path)
            try balancer.configure(
                "load-server-state-from-file global",
                "server s1 127.0.0.1:9",
                global: ["server-state-file \(path)"]
            )
            try balancer.start()
            #expect(balancer.log.contains("server-state-file \(path): \(reason)"))
            #expect(try balancer.stat("s1", "status") == "no check")
        }
    }
}
