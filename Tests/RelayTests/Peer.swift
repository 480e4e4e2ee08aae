import Glibc
import LinuxIO
import Primitives
import Synchronization

/// One end of a TCP connection as a test plays it: blocking, with 10 s of patience.
final class Peer: Sendable {
    enum Ending: Equatable {
        case endOfStream
        case reset
        case silence
    }

    private let raw: Int32
    private let descriptor: Mutex<OwnedDescriptor?>

    init(adopting raw: Int32) {
        self.raw = raw
        descriptor = Mutex(OwnedDescriptor(adopting: raw))
        setPatience(seconds: 10)
    }

    /// Connects; throws what the kernel says, ECONNREFUSED for example.
    convenience init(connectedTo endpoint: Endpoint, from source: IPAddress? = nil) throws {
        let raw = try SystemCall.run("socket") {
            socket(endpoint.address.isV4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        }
        self.init(adopting: raw)
        if let source {
            try SystemCall.run("bind") {
                unsafe SocketAddress(Endpoint(source, 0)).withPointer { unsafe bind(raw, $0, $1) }
            }
        }
        try SystemCall.run("connect", "\(endpoint)") {
            unsafe SocketAddress(endpoint).withPointer { unsafe connect(raw, $0, $1) }
        }
    }

    func setPatience(seconds: Int, microseconds: Int = 0) {
        var time = timeval(tv_sec: seconds, tv_usec: microseconds)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        _ = unsafe setsockopt(raw, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    func setBuffers(bytes: Int32) {
        var bytes = bytes
        let size = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe setsockopt(raw, SOL_SOCKET, SO_RCVBUF, &bytes, size)
        _ = unsafe setsockopt(raw, SOL_SOCKET, SO_SNDBUF, &bytes, size)
    }

    /// Sends all of it; false when the connection or the patience ended.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(
                    raw,
                    buffer.baseAddress.map { unsafe $0 + sent },
                    buffer.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// What the next read brings: bytes, or how the stream ended.
    func receive(upTo limit: Int = 65_536) -> (bytes: [UInt8], ending: Ending?) {
        var ending: Ending?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, used in
            let count = unsafe recv(raw, buffer.baseAddress, limit, 0)
            used = max(count, 0)
            if count == 0 { ending = .endOfStream }
            if count < 0 { ending = errno == EAGAIN ? .silence : .reset }
        }
        return (bytes, ending)
    }

    /// Exactly `count` bytes, fewer when the stream ends before.
    func receive(exactly count: Int) -> [UInt8] {
        var all: [UInt8] = []
        while all.count < count {
            let next = receive(upTo: count - all.count)
            guard next.ending == nil else { break }
            all += next.bytes
        }
        return all
    }

    func receiveText(_ count: Int) -> String {
        String(decoding: receive(exactly: count), as: UTF8.self)
    }

    /// Reads until the stream ends; how it did.
    func drain() -> Ending {
        while true {
            if let ending = receive().ending { return ending }
        }
    }

    func finishWriting() {
        _ = shutdown(raw, Int32(SHUT_WR))
    }

    /// Closes with a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(
            raw,
            SOL_SOCKET,
            SO_LINGER,
            &option,
            socklen_t(MemoryLayout<linger>.size)
        )
        close()
    }

    func close() {
        descriptor.withLock { $0 = nil }
    }

    var local: Endpoint? { Socket.localEndpoint(of: raw) }
    var remote: Endpoint? { Socket.peerEndpoint(of: raw) }
}
