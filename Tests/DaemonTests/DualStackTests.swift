import Lab
import LinuxIO
import Primitives
import Testing

/// `bind [::]:PORT`, which is for IPv4 too unless a line says otherwise.
extension BalancerSuites {
    @Suite struct DualStackTests {
        @Test(arguments: [
            (["bind [::]:PORT"], true), (["bind [::]:PORT v4v6"], true),
            (["bind [::]:PORT v6only"], false), (["bind [::]:PORT", "bind 0.0.0.0:PORT"], true),
        ]) func `an IPv6 wildcard takes IPv4 as it was told, and knows the client`(
            _ lines: [String],
            _ takesIPv4: Bool
        ) throws {
            let server = try database("one")
            defer { server.stop() }
            let balancer = try Balancer()
            let port = try Balancer().front.port
            let binds = lines.map { $0.replacing("PORT", with: "\(port)") }
            try balancer.configure(
                "option tcplog",
                "log stdout format raw local0",
                // Rules are for the address that the client has.
                "tcp-request connection reject unless { src 127.0.0.0/8 ::1 }",
                "server one \(server.endpoint)",
                more: binds.map { "    " + $0 }
            )
            try balancer.start()
            #expect(try answers(Endpoint(.v6(high: 0, low: 1), port)))
            #expect(try answers(Endpoint(.v4(0x7F00_0001), port)) == takesIPv4)
            guard takesIPv4 else { return }
            #expect(Patience.wait(.seconds(3)) { balancer.log.contains("\n127.0.0.1:") })
        }

        private func answers(_ front: Endpoint) throws -> Bool {
            let socket = try Socket(.stream, for: front.address)
            try socket.connect(to: front)
            let raw = [socket.descriptor.raw]
            let deadline = Instant.now + .seconds(5)
            guard Poll.wait(for: .writable, of: raw, until: deadline), socket.pendingError() == 0
            else { return false }
            while Poll.wait(of: raw, until: deadline) {
                guard let bytes = try socket.receive(limit: 4096) else { continue }
                return !bytes.isEmpty
            }
            return false
        }
    }
}
