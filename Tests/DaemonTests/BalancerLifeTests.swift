import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// Start, stop, death and restart of the real program.
extension BalancerSuites {
    @Suite struct BalancerLifeTests {
        @Test func `it stops in order, and leaves no socket behind`() throws {
            let balancer = try Balancer()
            try balancer.configure("server one 127.0.0.1:9")
            try balancer.start()
            #expect(unsafe access(balancer.socketPath, F_OK) == 0)
            balancer.signal(SIGTERM)
            #expect(try balancer.end() == .exited(0), "\(balancer.log)")
            #expect(unsafe access(balancer.socketPath, F_OK) != 0)
            #expect(balancer.log.contains("stopping"))
        }

        @Test func `a second start is refused and told the pid of the first`() throws {
            let balancer = try Balancer()
            try balancer.configure("server one 127.0.0.1:9")
            try balancer.start()
            let second = try Command.run(
                BinaryLocator.path,
                ["run", "-f", balancer.configurationPath]
            )
            #expect(second.status == .exited(1))
            let pid = try #require(balancer.process?.pid)
            #expect(second.standardError.contains("already runs on this node (pid \(pid), lock "))
            #expect(second.standardError.contains("Stop it first"))
            #expect(try balancer.ask("show", "version").isEmpty == false)
        }

        @Test func `a port that is taken ends the start at once, and says whose it may be`() throws
        {
            let balancer = try Balancer()
            try balancer.configure("server one 127.0.0.1:9")
            let taken = try Socket.listener(on: balancer.front, backlog: 1)
            try balancer.start()
            #expect(try balancer.end() == .exited(1))
            #expect(
                balancer.log.contains(
                    "\(balancer.front): Address already in use: "
                        + "another program listens there; find it with `ss -ltnp`"
                ),
                "\(balancer.log)"
            )
            #expect(balancer.log.split(separator: "\n").count { $0.contains("in use") } == 1)
            #expect(taken.descriptor.raw >= 0)
        }

        @Test func `a daemon that is killed is replaced, and the new one serves`() throws {
            let balancer = try Balancer()
            let server = try database("one")
            try balancer.configure("server one \(server.endpoint)")
            try balancer.start()
            let first = try #require(balancer.daemonPID)
            kill(first, SIGKILL)
            let isBack = Patience.wait(.seconds(8)) {
                balancer.daemonPID != nil && balancer.daemonPID != first
                    && (try? balancer.ask("show", "version")) != nil
            }
            #expect(isBack, "\(balancer.daemonPID ?? 0) \(balancer.log)")
            #expect(balancer.log.contains("the daemon ended (killed by signal 9)"))
            #expect(balancer.log.contains("next start in 100 ms"))
            let session = try SessionHolder(1, from: nil, to: balancer.front)
            #expect(session.waitUntilOpen(timeout: .seconds(3)))
            #expect(session.stop().first?.node == "one")
            balancer.signal(SIGTERM)
            #expect(try balancer.end() == .exited(0))
        }

        @Test func `a daemon whose guardian dies leaves in order`() throws {
            let balancer = try Balancer()
            try balancer.configure("server one 127.0.0.1:9")
            try balancer.start()
            let daemon = try #require(balancer.daemonPID)
            balancer.signal(SIGKILL)
            #expect(try balancer.end() == .signaled(SIGKILL))
            let hasEnded = Patience.wait(.seconds(5)) { kill(daemon, 0) != 0 || isZombie(daemon) }
            #expect(hasEnded)
            #expect(balancer.log.contains("the guardian is gone: leaving in order"))
            #expect(unsafe access(balancer.socketPath, F_OK) != 0)
        }

        /// Nobody of this test reaps an orphan.
        private func isZombie(_ pid: Int32) -> Bool {
            (try? TextFile.read("/proc/\(pid)/stat").contains(") Z ")) ?? true
        }

        @Test func `nobody who reads the log is no reason to stop serving`() throws {
            let balancer = try Balancer()
            let server = try database("one")
            try balancer.configure("server one \(server.endpoint) check")
            var ends: [Int32] = [-1, -1]
            try SystemCall.run("pipe") { unsafe pipe(&ends) }
            close(ends[0])
            let broken = OwnedDescriptor(adopting: ends[1])
            try balancer.start(standardError: broken.raw)
            let daemon = try #require(balancer.daemonPID)
            balancer.signal(SIGHUP)
            let session = try SessionHolder(1, from: nil, to: balancer.front)
            #expect(session.waitUntilOpen(timeout: .seconds(3)))
            session.stop()
            #expect(balancer.daemonPID == daemon)
            // The guardian's own line.
            kill(daemon, SIGKILL)
            let isBack = Patience.wait(.seconds(8)) {
                balancer.daemonPID != daemon && (try? balancer.ask("show", "version")) != nil
            }
            #expect(isBack)
            balancer.signal(SIGTERM)
            #expect(try balancer.end() == .exited(0))
        }

        @Test(arguments: ["epoll", "io_uring"])
        func `a daemon that was frozen for a while goes on, and so do its sessions`(
            engine: String
        ) throws {
            let balancer = try Balancer()
            let server = try database("one")
            try balancer.configure(
                "server one \(server.endpoint)",
                global: ["tune.engine \(engine)"]
            )
            try balancer.start()
            let daemon = try #require(balancer.daemonPID)
            let sessions = try SessionHolder(20, from: nil, to: balancer.front)
            #expect(sessions.waitUntilOpen(timeout: .seconds(3)))
            kill(daemon, SIGSTOP)
            // Queries come meanwhile.
            Patience.pause(.milliseconds(600))
            kill(daemon, SIGCONT)
            Patience.pause(.milliseconds(600))
            #expect(try balancer.ask("show", "version").isEmpty == false)
            #expect(balancer.daemonPID == daemon)
            let reports = sessions.stop()
            #expect(reports.count == 20)
            #expect(reports.allSatisfy { $0.loss == nil && $0.answers >= 3 }, "\(reports)")
            #expect(try balancer.info("Relay_engine") == engine)
        }

        @Test func `systemd hears when it is ready, that it lives, reloads and stops`() throws {
            let balancer = try Balancer()
            try balancer.configure("server one 127.0.0.1:9")
            let manager = try ServiceManagerSocket(in: balancer.directory.path)
            try balancer.start(environment: ["NOTIFY_SOCKET": manager.path])
            #expect(manager.hears("READY=1"))
            #expect(manager.hears("WATCHDOG=1"))
            balancer.signal(SIGHUP)
            #expect(manager.hears("RELOADING=1\nMONOTONIC_USEC="))
            kill(try #require(balancer.daemonPID), SIGKILL)
            #expect(manager.hears("STATUS=daemon ended (killed by signal 9), restart 1"))
            let readyAgain = Patience.wait(.seconds(8)) {
                manager.messages.count { $0 == "READY=1" } == 3
            }
            #expect(readyAgain, "\(manager.messages)")
            balancer.signal(SIGTERM)
            #expect(try balancer.end() == .exited(0))
            #expect(manager.hears("STOPPING=1"))
        }
    }
}
