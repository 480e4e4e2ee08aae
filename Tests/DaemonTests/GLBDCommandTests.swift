import Configuration
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// The command line of `glbd`.
extension BalancerSuites {
    @Suite struct GLBDCommandTests {
        private static let program =
            BinaryLocator.path.split(separator: "/", omittingEmptySubsequences: false)
            .dropLast().joined(separator: "/") + "/glbd"

        private func run(_ words: [String]) throws -> Command.Result {
            try Command.run("timeout", ["10", Self.program] + words)
        }

        private func section(_ line: String) throws -> String {
            let words = line.split(separator: " ").map(String.init)
            let result = try run(words + ["--configuration"])
            #expect(result.status == .exited(0), "\(line): \(result.standardError)")
            return result.standardOutput
        }

        @Test func `help ends with 1 and the version with 0, as in glbd`() throws {
            for words in [["-h"], ["--help"], ["--he"]] {
                let help = try run(words)
                #expect(help.status == .exited(1))
                #expect(help.standardOutput.hasPrefix("Usage:\n  glbd [OPTIONS] LISTEN_ADDRESS"))
            }
            let version = try run(["-V"])
            #expect(version.status == .exited(0))
            #expect(version.standardOutput.hasPrefix("glbd of ha-balancer "))
        }

        @Test func `options become a configuration`() throws {
            let line =
                "-dv -t2 --control=8011 --max_conn 256 -f /run/g.fifo -i .5 3306 db1:3307:0.75"
                + " 10.0.0.2 [fd00::3]:3308:2"
            #expect(
                try section(line) == """
                    global
                        log-tag glbd
                        nbthread 2
                        log /dev/log daemon
                        maxconn 256
                    listen glb
                        bind 0.0.0.0:3306
                        balance glb-least
                        glb-control 127.0.0.1:8011
                        glb-fifo /run/g.fifo
                        maxconn 256
                        retries 3
                        timeout connect 5s
                        option tcpka
                        default-server blacklist 1000ms
                        server db1:3307 db1:3307 weight 0.75
                        server 10.0.0.2:3306 10.0.0.2:3306 weight 1
                        server fd00::3:3308 [fd00::3]:3308 weight 2

                    """
            )
        }

        @Test(arguments: [
            ("", "glb-least"), ("-b", "glb-round"), ("--rrb", "glb-round"),
            ("--round-robin -T", "glb-round top"), ("-r", "random(1)"),
            ("--src_tracking", "source"), ("-s", "source"), ("-S", "glb-single top"),
            ("--top", "glb-least top"),
        ])
        func `every policy has its algorithm, and what comes out loads`(
            _ options: String,
            _ balance: String
        ) throws {
            let text = try section("\(options) -K 127.0.0.1:3306 127.0.0.1:9")
            #expect(text.contains("    balance \(balance)\n"), "\(text)")
            #expect(!text.contains("tcpka"))
            #expect(try configuration(text).proxies.first?.servers.count == 1)
        }

        @Test(arguments: [
            ("", "LISTEN_ADDR"), ("foo", "Invalid port spec"), ("0", "Invalid port spec"),
            ("nosuch:3306", "Invalid host address"), ("3306 a:b:c:d", "Invalid destination spec"),
            ("3306 db1:3306:-1", "Invalid destination spec"),
            ("3306 db1:3306:257", "Invalid destination spec"), ("-q 3306", "invalid option -- 'q'"),
            ("--nosuch 3306", "unrecognized option"), ("--so 3306 --so", "8"),
            ("--l 3306", "ambiguous"), ("--daemon=1 3306", "doesn't allow an argument"),
            ("3306 -t", "requires an argument"), ("-t 65 3306", "Bad threads value"),
            ("-i 0 3306", "Bad interval value"), ("-w exec:x 3306", "option mysql-check"),
            ("-D 3306", "--configuration"), ("-L 5 3306", "--latency"),
            ("3306 127.0.0.1:9 127.0.0.1:9", "another server is named"),
        ])
        func `a mistake ends with 1 and says what it is`(_ line: String, _ text: String) throws {
            // `--so` is the beginning of one name only: `--source`.
            guard text != "8" else { return #expect(try section(line).contains("balance source")) }
            let result = try run(line.split(separator: " ").map(String.init))
            #expect(result.status == .exited(1), "\(result.standardError)")
            #expect(result.standardError.contains(text), "\(result.standardError)")
        }

        @Test func `options without effect are told, and it serves in front until SIGTERM`() throws
        {
            let server = try database("one")
            defer { server.stop() }
            let folder = try TemporaryDirectory("glbd")
            let front = try Balancer().front
            let raw = try SystemCall.run("open", folder.path) {
                unsafe open(folder.path + "/log", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            }
            let log = OwnedDescriptor(adopting: raw)
            let process = try ChildProcess.spawn(
                Self.program,
                [
                    "-alnvY", "-x", "1", "-L", "0", "-f", folder.path + "/f", "\(front)",
                    "\(server.endpoint)",
                ],
                descriptors: [1: log.raw, 2: log.raw],
                newProcessGroup: true
            )
            defer { process.kill(SIGKILL) }
            let isServed = Patience.wait(.seconds(5)) {
                (try? serves(front, within: .milliseconds(500))) == true
            }
            let text = try TextFile.read(folder.path + "/log")
            #expect(isServed, "\(text)")
            for option in ["--linger", "--nodelay", "--defer-accept", "--extra"] {
                #expect(text.contains("glbd: \(option) has no effect"), "\(text)")
            }
            #expect(text.contains("glbd: relay: 1 thread"), "\(text)")
            process.kill(SIGTERM)
            #expect(process.wait(timeout: .seconds(5)) == .exited(0))
            #expect(try Command.run("test", ["-e", folder.path + "/f"]).status == .exited(1))
        }

        @Test func `in the background it says at once that a port is taken`() throws {
            let taken = try Socket.listener(on: Balancer().front, backlog: 1)
            let place = taken.localEndpoint
            let front = try #require(place)
            let folder = try TemporaryDirectory("glbd")
            let result = try run(["-d", "-f", folder.path + "/f", "\(front)", "127.0.0.1:9"])
            #expect(result.status == .exited(1))
            #expect(result.standardError.contains("\(front)"), "\(result.standardError)")
        }
    }
}
