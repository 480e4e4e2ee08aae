import Glibc
import Guardian
import Lab
import LinuxIO
import Primitives
import Testing

/// What the program itself executes for a request that it relays, counted by valgrind: neither the
/// kernel nor the machine's speed is in it.
@Suite struct InstructionTests {
    private static let connections = 16
    private static let rounds = 1000

    /// Of many at once it depends on how many of them one look finds: 560 here, 620 where the
    /// clients are slower. Alone each has two looks for itself.
    @Test func `a relayed request costs at most 750 instructions of ours, and 1100 alone`() throws {
        let many = try each(isAlone: false)
        let alone = try each(isAlone: true)
        print("instructions per relayed request: \(Int(many)) of many, \(Int(alone)) alone")
        #expect(many <= 750)
        #expect(alone <= 1100)
        // Fewer cannot be: two reads, two writes and their counters.
        #expect(many > 100)
    }

    private func each(isAlone: Bool) throws -> Double {
        let few = try count(rounds: 20, isAlone)
        let many = try count(rounds: 20 + Self.rounds, isAlone)
        return Double(many - few) / Double(Self.rounds * Self.connections)
    }

    /// Instructions of the daemon's whole life, with so many requests on each connection.
    private func count(rounds: Int, _ isAlone: Bool) throws -> Int {
        let directory = try TemporaryDirectory("instructions")
        let server = try TestServer.echo()
        defer { server.stop() }
        let front = Endpoint(.v4(0x7F00_0001), try freePort("127.0.0.1"))
        // valgrind 3.19 does not know all of io_uring, nor DWARF 5.
        let configuration = """
            global
                nbthread 1
                tune.engine epoll
                state-dir \(directory.path)/state
                stats socket \(directory.path)/admin.sock
                log 127.0.0.1:9 local0
            defaults
                log global
                option tcplog
                timeout connect 5s
                timeout client 1h
                timeout server 1h
            listen db
                bind \(front)
                server one \(server.endpoint)

            """
        let path = directory.path + "/t.cfg"
        try TextFile.write(configuration, to: path)
        let program = directory.path + "/ha-balancer"
        try Command.check("strip", ["-g", "-o", program, BinaryLocator.path])
        let daemon = try Daemon(program, path, log: directory.path + "/valgrind")
        try relay(rounds, isAlone, through: front)
        return try daemon.end()
    }

    private func relay(_ rounds: Int, _ isAlone: Bool, through front: Endpoint) throws {
        var first: Peer?
        try eventually("a daemon that listens") {
            first = try? Peer(connectedTo: front)
            return first != nil
        }
        var peers = [try #require(first)]
        while peers.count < Self.connections { peers.append(try Peer(connectedTo: front)) }
        let request = [UInt8](repeating: 0x71, count: 100)
        for _ in 0..<rounds {
            for peer in peers {
                peer.send(request)
                if isAlone { #expect(peer.receive(exactly: 100).count == 100) }
            }
            if isAlone { continue }
            for peer in peers { #expect(peer.receive(exactly: 100).count == 100) }
        }
    }

    /// The daemon's own process under callgrind, with the test in the place of its guardian:
    /// valgrind cannot run the guardian, whose kernel calls it does not know.
    private struct Daemon {
        let process: ChildProcess
        let log: String
        /// Its end is what tells the daemon that the guardian lives.
        let link: OwnedDescriptorBox

        init(_ program: String, _ configuration: String, log: String) throws {
            var ends: (Int32, Int32) = (-1, -1)
            let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
                unsafe socketpair(
                    AF_UNIX,
                    Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue),
                    0,
                    bytes.baseAddress?.assumingMemoryBound(to: Int32.self)
                )
            }
            try #require(result == 0)
            link = OwnedDescriptorBox(ends.0)
            let theirs = OwnedDescriptor(adopting: ends.1)
            let page = try WillPage()
            self.log = log
            process = try ChildProcess.spawn(
                "valgrind",
                [
                    "--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-file=\(log)",
                    program, "run", "-f", configuration,
                ],
                environment: [GuardianLink.linkVariable: "3", GuardianLink.pageVariable: "4"],
                descriptors: [3: theirs.raw, 4: page.descriptor.raw]
            )
            _ = consume theirs
        }

        /// Ends it, and reads how many instructions it has executed.
        func end() throws -> Int {
            process.kill(SIGTERM)
            let status = process.wait(timeout: .seconds(30))
            if status == nil { process.kill(SIGKILL) }
            let text = try TextFile.read(log)
            let line = text.split(separator: "\n").first { $0.contains("Collected : ") }
            let number = try #require(
                line?.split(separator: " ").last.flatMap { Int($0) },
                "\(text)"
            )
            return number
        }
    }

    private final class OwnedDescriptorBox: Sendable {
        private let descriptor: OwnedDescriptor

        init(_ raw: Int32) { descriptor = OwnedDescriptor(adopting: raw) }
    }
}
