internal import CLinux
internal import Glibc
internal import LinuxIO
package import Primitives

/// Thousands of sessions that do nothing but last.
package final class IdleCrowd {
    private let sockets: [Int32]

    /// Opens them; they are established a moment later.
    package init(_ count: Int, from host: LabHost, to endpoint: Endpoint) throws {
        try SystemCall.run("setrlimit") { hb_raise_descriptor_limit(0) }
        sockets = try host.inside {
            try (0..<count).map { number in
                // Not more at once than the backlog takes.
                if number % 50 == 0 { Patience.pause(.milliseconds(5)) }
                let socket = try Socket(.stream, for: endpoint.address)
                try socket.connect(to: endpoint)
                return socket.release().release()
            }
        }
    }

    /// How many the other side has ended.
    package var ended: Int {
        sockets.count { socket in
            // POLLRDHUP of <poll.h>, which needs _GNU_SOURCE; the greeting is never read.
            var entry = pollfd(fd: socket, events: 0x2000, revents: 0)
            return unsafe poll(&entry, 1, 0) > 0
        }
    }

    deinit {
        for socket in sockets { close(socket) }
    }
}
