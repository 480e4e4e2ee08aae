import Glibc
import LinuxIO
import Primitives

/// A syslog server on a free port of loopback.
final class SyslogReceiver {
    private let socket: Socket
    /// As a `log` line has it.
    let target: String

    init() throws {
        socket = try Socket(.datagram, for: .v4(0x7F00_0001))
        try socket.bind(to: Endpoint(.v4(0x7F00_0001), 0))
        guard let endpoint = socket.localEndpoint else { throw SystemError.last("getsockname") }
        target = "\(endpoint)"
    }

    /// What has arrived; loopback delivers before `send` returns.
    func lines() throws -> [String] {
        var lines: [String] = []
        while let bytes = try socket.receive(limit: 65_536) {
            lines.append(String(decoding: bytes, as: UTF8.self))
        }
        return lines
    }
}
