import CLinux
import Glibc
import LinuxIO
import Primitives

/// A client that shows every byte. Blocks for at most 10 s at a time.
final class RawClient: Sendable {
    struct TooSlow: Error {}

    private let descriptor: OwnedDescriptor

    init(_ path: String) throws {
        let raw = try SystemCall.run("socket") { socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) }
        descriptor = OwnedDescriptor(adopting: raw)
        try SystemCall.run("connect", path) { unsafe hb_unix_connect(raw, path) }
    }

    func send(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = try SystemCall.run("send") {
                unsafe bytes.withUnsafeBytes {
                    unsafe Glibc.send(
                        descriptor.raw,
                        $0.baseAddress,
                        $0.count,
                        Int32(MSG_NOSIGNAL)
                    )
                }
            }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Says that nothing more will come, and still listens.
    func finishSending() throws {
        try SystemCall.run("shutdown") { shutdown(descriptor.raw, Int32(SHUT_WR)) }
    }

    /// All bytes until the server closes.
    func receiveAll() throws -> String {
        var bytes: [UInt8] = []
        while let more = try receiveSome() { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Bytes until they end with `mark`, or until the server closes.
    func receive(until mark: String) throws -> String {
        var bytes: [UInt8] = []
        while !bytes.suffix(mark.utf8.count).elementsEqual(mark.utf8), let more = try receiveSome()
        {
            bytes += more
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func receiveSome() throws -> [UInt8]? {
        var question = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
        let ready = try SystemCall.run("poll") { unsafe poll(&question, 1, 10_000) }
        guard ready == 1 else { throw TooSlow() }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe recv(descriptor.raw, $0.baseAddress, $0.count, 0)
        }
        // A server that closes with input unread resets; what it said came before.
        return count > 0 ? Array(buffer[..<count]) : nil
    }
}
