import Glibc
import LinuxIO
import Primitives
import Testing

@Suite struct SocketTests {
    private let anyPort = Endpoint(.v4(0x7F00_0001), 0)

    @Test(arguments: [Endpoint(.v4(0x7F00_0001), 0), Endpoint(.v6(1), 0)])
    func `a listener has a port and takes a connection`(endpoint: Endpoint) throws {
        let listener = try Socket.listener(on: endpoint, backlog: 16)
        let local = listener.localEndpoint
        let bound = try #require(local)
        #expect(bound.port != 0)
        let client = try Socket(.stream, for: endpoint.address)
        try client.connect(to: bound)
        var epoll = try Epoll()
        try epoll.add(client.descriptor.raw, .writable, token: 1)
        var isReady = false
        try epoll.wait(timeout: .seconds(5)) { _, ready in isReady = ready.contains(.writable) }
        #expect(isReady)
        #expect(client.pendingError() == 0)
        #expect(client.peerEndpoint == bound)
    }

    @Test func `a taken endpoint is named in the error`() throws {
        let listener = try Socket.listener(on: anyPort, backlog: 16)
        let local = listener.localEndpoint
        let bound = try #require(local)
        do {
            _ = try Socket.listener(on: bound, backlog: 16)
            Issue.record("two listeners on \(bound)")
        } catch {
            #expect(error.description == "bind \(bound): Address already in use")
        }
    }

    @Test func `listeners that share a port stand side by side`() throws {
        let first = try Socket.listener(on: anyPort, backlog: 16, sharesPort: true)
        let local = first.localEndpoint
        let bound = try #require(local)
        let second = try Socket.listener(on: bound, backlog: 16, sharesPort: true)
        #expect(second.localEndpoint == bound)
    }

    @Test(arguments: ["192.0.2.1", "2001:db8::1"])
    func `a standby listens on an address that the node does not hold`(text: String) throws {
        let address = try #require(IPAddress(text))
        let listener = try Socket.listener(on: Endpoint(address, 0), backlog: 16)
        #expect(listener.localEndpoint?.address == address)
    }

    @Test func `a refused connection is a pending error`() throws {
        let listener = try Socket.listener(on: anyPort, backlog: 16)
        let local = listener.localEndpoint
        let bound = try #require(local)
        _ = consume listener
        let client = try Socket(.stream, for: bound.address)
        try client.connect(to: bound)
        var epoll = try Epoll()
        try epoll.add(client.descriptor.raw, .writable, token: 1)
        try epoll.wait(timeout: .seconds(5)) { _, _ in }
        #expect(client.pendingError() == ECONNREFUSED)
        #expect(client.peerEndpoint == nil)
    }

    @Test func `an empty datagram socket would block and says so`() throws {
        let socket = try Socket(.datagram, for: anyPort.address)
        try socket.bind(to: anyPort)
        var byte: UInt8 = 0
        let received = try SystemCall.runUnlessBlocked("recv") {
            unsafe recv(socket.descriptor.raw, &byte, 1, 0)
        }
        #expect(received == nil)
    }
}
