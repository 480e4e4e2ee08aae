import ControlPlane
import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// HAProxy's signals, flags and the scripts made of them.
extension BalancerSuites {
    @Suite struct HAProxyScriptTests {
        /// HAProxy's architecture.txt, as the field copies it: 1 is success there, 0 failure.
        private static let hotReconfiguration = """
            cd "$1"
            mv t.cfg config.old
            mv pid pid.old
            mv config.new t.cfg
            kill -TTOU $(cat pid.old)
            if "$0" -p pid -f "$1/t.cfg"; then
                echo "New instance successfully loaded, stopping previous one."
                kill -USR1 $(cat pid.old)
                rm -f pid.old
                exit 1
            else
                echo "New instance failed to start, resuming previous one."
                kill -TTIN $(cat pid.old)
                rm -f pid
                mv pid.old pid
                mv t.cfg config.new
                mv config.old t.cfg
                exit 0
            fi
            """

        private func hotReconfigure(_ balancer: Balancer) throws -> Command.Result {
            try Command.run(
                "bash",
                ["-c", Self.hotReconfiguration, BinaryLocator.path, balancer.directory.path]
            )
        }

        private func pid(_ balancer: Balancer) throws -> Int32? {
            let path = balancer.directory.path + "/pid"
            return (try? TextFile.read(path)).flatMap { Int32($0.prefix { $0 != "\n" }) }
        }

        @Test func `the article's script changes the configuration under its sessions`() throws {
            let servers = try ["one", "two"].map { try database($0) }
            defer { for server in servers { server.stop() } }
            let balancer = try Balancer()
            let pidFile = "pidfile \(balancer.directory.path)/pid"
            try balancer.configure("server s1 \(servers[0].endpoint)", global: [pidFile])
            try balancer.start()
            let guardian = try #require(balancer.process?.pid)
            #expect(try Patience.wait(.seconds(3)) { try pid(balancer) == guardian })
            let session = try TestClient(balancer.front)
            #expect(try session.isServed())
            let text = try TextFile.read(balancer.configurationPath)
            let new = balancer.directory.path + "/config.new"
            try TextFile.write(text + "    server s2 \(servers[1].endpoint)\n", to: new)
            let result = try hotReconfigure(balancer)
            #expect(result.status == .exited(1), "\(result.standardError)")
            #expect(result.standardError.contains("has taken the new configuration over"))
            #expect(Patience.wait(.seconds(3)) { balancer.log.contains("SIGUSR1 is not obeyed") })
            #expect(session.isSilent())
            #expect(try balancer.stat("s2", "status") == "no check")
            #expect(try serves(balancer.front))
            #expect(try pid(balancer) == guardian)
            // One with a mistake: the old one goes on.
            try TextFile.write(text + "    nonsense\n", to: new)
            let failure = try hotReconfigure(balancer)
            #expect(failure.status == .exited(0))
            #expect(failure.standardError.contains("unknown keyword 'nonsense'"))
            let isBack = Patience.wait(.seconds(3)) {
                (try? serves(balancer.front, within: .milliseconds(100))) == true
            }
            #expect(isBack && session.isSilent())
            #expect(try pid(balancer) == guardian)
            balancer.signal(SIGTERM)
            #expect(try balancer.end() == .exited(0))
            #expect(try pid(balancer) == nil)
        }

        @Test func `a second start with -sf of the running process is a reload`() throws {
            try withSession { balancer, session in
                let pid = try #require(balancer.process?.pid)
                let path = balancer.directory.path + "/pid"
                func start(_ file: String) throws -> Command.Result {
                    // As Debian's init script.
                    try Command.run(
                        BinaryLocator.path,
                        ["-f", file, "-p", path, "-D", "-sf", "\(pid)"]
                    )
                }
                let result = try start(balancer.configurationPath)
                #expect(result.status == .exited(0), "\(result.standardError)")
                #expect(try self.pid(balancer) == pid)
                #expect(balancer.log.contains("reload: configuration loaded from"))
                #expect(session.isSilent())
                let other = balancer.directory.path + "/other.cfg"
                try TextFile.write(TextFile.read(balancer.configurationPath), to: other)
                let refused = try start(other)
                #expect(refused.status == .exited(1))
                #expect(
                    refused.standardError.contains(
                        "with \(balancer.configurationPath): it can take"
                    )
                )
            }
        }

        @Test func `paused it refuses, and goes on when it is told`() throws {
            try withSession { balancer, session in
                balancer.signal(SIGTTOU)
                let isPaused = try Patience.wait(.seconds(3)) {
                    try balancer.stat("FRONTEND", "status") == "PAUSED"
                }
                #expect(try isPaused && refuses(balancer.front) && session.isSilent())
                // A reload leaves it so.
                balancer.signal(SIGUSR2)
                #expect(
                    Patience.wait(.seconds(3)) { balancer.log.contains("reload: configuration") }
                )
                #expect(try refuses(balancer.front))
                balancer.signal(SIGTTIN)
                let isOpen = try Patience.wait(.seconds(3)) {
                    try balancer.stat("FRONTEND", "status") == "OPEN"
                }
                #expect(try isOpen && serves(balancer.front))
            }
        }

        @Test func `a soft stop waits for the last session`() throws {
            try withBalancer { balancer in
                do {
                    let session = try TestClient(balancer.front)
                    #expect(try session.isServed())
                    balancer.signal(SIGUSR1)
                    #expect(Patience.wait(.seconds(3)) { (try? refuses(balancer.front)) == true })
                    #expect(session.isSilent(for: .milliseconds(500)))
                    #expect(balancer.process?.tryWait() == nil)
                }
                #expect(try balancer.end() == .exited(0), "\(balancer.log)")
                #expect(balancer.log.contains("soft stop: the last session has ended"))
            }
        }

        @Test func `hard-stop-after ends a soft stop`() throws {
            try withSession(global: ["hard-stop-after 700ms"]) { balancer, session in
                balancer.signal(SIGUSR1)
                #expect(session.isSilent(for: .milliseconds(400)))
                let status = try balancer.end()
                #expect(status == .exited(0))
                #expect(balancer.log.contains("soft stop: 1 sessions are ended"))
            }
        }

        @Test func `in the background it has said what was wrong before the command ends`() throws {
            let server = try database("one")
            defer { server.stop() }
            let balancer = try Balancer()
            try balancer.configure("server s1 \(server.endpoint)", global: ["daemon"])
            let path = balancer.directory.path + "/pid"
            let words = ["-f", "t.cfg", "-C", balancer.directory.path, "-p", path]
            do {
                let taken = try Socket.listener(on: balancer.front, backlog: 1)
                let failed = try Command.run(BinaryLocator.path, words)
                #expect(failed.status == .exited(1))
                #expect(failed.standardError.contains("Address already in use"))
                #expect(try pid(balancer) == nil)
                _ = taken.localEndpoint
            }
            let started = try Command.run(BinaryLocator.path, words)
            #expect(started.status == .exited(0), "\(started.standardError)")
            let pid = try #require(try pid(balancer))
            defer { kill(pid, SIGKILL) }
            // At once: it served when the command ended.
            #expect(try serves(balancer.front))
            #expect(getsid(pid) == pid)
            kill(pid, SIGTERM)
            #expect(Patience.wait(.seconds(5)) { kill(pid, 0) != 0 })
            #expect(try self.pid(balancer) == nil)
        }

        @Test func `it follows on a real HAProxy, whose sessions end there`() throws {
            let server = try database("one")
            defer { server.stop() }
            let balancer = try Balancer()
            let haproxy = try HAProxy([
                "defaults", "    timeout connect 2s", "    timeout client 8h",
                "    timeout server 8h", "listen db", "    bind \(balancer.front)",
                "    server s \(server.endpoint)",
            ])
            let old = try TestClient(balancer.front)
            #expect(try old.isServed())
            try balancer.configure("server s1 \(server.endpoint)")
            let path = balancer.directory.path + "/pid"
            let result = try Command.run(
                BinaryLocator.path,
                ["-D", "-f", balancer.configurationPath, "-p", path, "-sf", "\(haproxy.pid)"]
            )
            #expect(result.status == .exited(0), "\(result.standardError)")
            let pid = try #require(try pid(balancer))
            defer { kill(pid, SIGKILL) }
            #expect(try serves(balancer.front))
            #expect(try balancer.stat("FRONTEND", "stot") == "1")
            // HAProxy has not ended: it has a session.
            #expect(old.isSilent())
            #expect(kill(haproxy.pid, 0) == 0)
            kill(pid, SIGTERM)
            #expect(Patience.wait(.seconds(5)) { kill(pid, 0) != 0 })
        }
    }
}
