internal import CLinux
internal import Glibc
package import LinuxIO
internal import Primitives

/// The open end of one log target. Sends a finished line or drops it; never blocks.
package final class LogSink: Sendable {
    private enum Channel: Sendable {
        case udp(Endpoint)
        case unixDatagram(path: String)
        /// A pipe or terminal through a file description of our own, with O_NONBLOCK.
        case ownStream
        /// A file; or a pipe or terminal of another user, which cannot be opened again. Asked
        /// before each write.
        case sharedStream
        /// A socket, as systemd gives it for the journal.
        case streamSocket
    }

    private let channel: Channel
    private let descriptor: OwnedDescriptor

    convenience init(_ destination: LogTarget.Destination) throws(SystemError) {
        switch destination {
        case .udp(let endpoint):
            let socket = try Socket(.datagram, for: endpoint.address)
            self.init(.udp(endpoint), socket.release())
        case .unixDatagram(let path):
            let raw = try SystemCall.run("socket", path) {
                socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            }
            self.init(.unixDatagram(path: path), OwnedDescriptor(adopting: raw))
        case .standardOutput:
            try self.init(stream: STDOUT_FILENO, "\(destination)")
        case .standardError:
            try self.init(stream: STDERR_FILENO, "\(destination)")
        }
    }

    /// A stream that somebody else owns, and whose file description others share: O_NONBLOCK must
    /// not be set on it. A pipe or terminal is opened again instead.
    package convenience init(stream: Int32, _ subject: String) throws(SystemError) {
        let copy = OwnedDescriptor(adopting: try SystemCall.run("dup", subject) { dup(stream) })
        hb_set_cloexec(copy.raw, 1)
        var status = stat()
        try SystemCall.run("fstat", subject) { unsafe fstat(copy.raw, &status) }
        switch status.st_mode & S_IFMT {
        case S_IFSOCK:
            self.init(.streamSocket, copy)
        case S_IFIFO, S_IFCHR:
            let flags = O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY
            let own = unsafe open("/proc/self/fd/\(stream)", flags)
            if own >= 0 {
                self.init(.ownStream, OwnedDescriptor(adopting: own))
            } else {
                self.init(.sharedStream, copy)
            }
        default:
            // A file never says "not now"; its offset must stay the shared one.
            self.init(.sharedStream, copy)
        }
    }

    private init(_ channel: Channel, _ descriptor: consuming OwnedDescriptor) {
        self.channel = channel
        self.descriptor = descriptor
    }

    /// Whether the line left whole.
    package func send(_ line: [UInt8]) -> Bool {
        let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
        let sent = unsafe line.withUnsafeBytes { bytes in
            switch channel {
            case .udp(let endpoint):
                unsafe SocketAddress(endpoint).withPointer { address, length in
                    unsafe sendto(
                        descriptor.raw,
                        bytes.baseAddress,
                        bytes.count,
                        flags,
                        address,
                        length
                    )
                }
            case .unixDatagram(let path):
                unsafe hb_unix_send_to(descriptor.raw, path, bytes.baseAddress, bytes.count)
            case .ownStream:
                unsafe write(descriptor.raw, bytes.baseAddress, bytes.count)
            case .sharedStream:
                unsafe isWritable ? write(descriptor.raw, bytes.baseAddress, bytes.count) : -1
            case .streamSocket:
                unsafe Glibc.send(descriptor.raw, bytes.baseAddress, bytes.count, flags)
            }
        }
        return sent == line.count
    }

    /// A pipe that says so has room for PIPE_BUF bytes: pipe(7).
    private var isWritable: Bool {
        var question = pollfd(fd: descriptor.raw, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&question, 1, 0) == 1 && question.revents & Int16(POLLOUT) != 0
    }
}
