import Glibc
import LinuxIO
import Primitives

/// Accepts, sends one answer and closes at once, without ever reading: what mysqld does to a
/// blocked host. Runs on a thread of its own, with plain system calls, so that nothing reads behind
/// its back.
final class RudeServer: Sendable {
    let endpoint: Endpoint
    private let descriptor: Int32

    init(_ answer: [UInt8]) async throws {
        let (descriptor, port) = try Self.listen(backlog: 16)
        self.descriptor = descriptor
        endpoint = Endpoint(.v4(0x7F00_0001), port)
        Task.detached {
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                // The login is in the receive queue by then.
                usleep(10_000)
                _ = unsafe send(client, answer, answer.count, Int32(MSG_NOSIGNAL))
                Glibc.close(client)
            }
        }
    }

    func close() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        Glibc.close(descriptor)
    }

    /// A listening socket on a free port of 127.0.0.1.
    static func listen(backlog: Int32) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError.last("socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0
                    && Glibc.listen(descriptor, backlog) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard bound else { throw SystemError.last("bind") }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
