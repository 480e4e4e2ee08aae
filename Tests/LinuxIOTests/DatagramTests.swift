import Glibc
import LinuxIO
import Primitives
import Testing

@Suite struct DatagramTests {
    @Test(arguments: [Endpoint(.v4(0x7F00_0001), 0), Endpoint(.v6(1), 0)])
    func `datagrams arrive whole and in order, an empty one too`(anyPort: Endpoint) throws {
        let receiver = try bound(to: anyPort)
        let sender = try connected(to: receiver)
        let datagrams: [[UInt8]] = [[1, 2, 3], [], [0xFF], Array(repeating: 7, count: 1400)]
        for datagram in datagrams { try sender.send(datagram) }
        for datagram in datagrams {
            #expect(isReady(receiver.descriptor.raw))
            #expect(try receiver.receive(limit: 2048) == datagram)
        }
        #expect(try receiver.receive(limit: 2048) == nil)
    }

    @Test func `where none waits there is none, at once`() throws {
        let receiver = try bound(to: loopback)
        let start = Instant.now
        #expect(try receiver.receive(limit: 64) == nil)
        #expect(Instant.now - start < .seconds(1))
    }

    @Test func `a long datagram is cut to the limit and its rest is gone`() throws {
        let receiver = try bound(to: loopback)
        let sender = try connected(to: receiver)
        try sender.send([1, 2, 3, 4, 5, 6])
        try sender.send([7, 8])
        #expect(isReady(receiver.descriptor.raw))
        #expect(try receiver.receive(limit: 4) == [1, 2, 3, 4])
        #expect(isReady(receiver.descriptor.raw))
        #expect(try receiver.receive(limit: 2) == [7, 8])
        #expect(try receiver.receive(limit: 4) == nil)
    }

    @Test func `a datagram of a stranger does not reach a connected socket`() throws {
        let receiver = try bound(to: loopback)
        let peer = try connected(to: receiver)
        let address = peer.localEndpoint
        try receiver.connect(to: #require(address))
        let stranger = try connected(to: receiver)
        try stranger.send([6, 6, 6])
        try peer.send([1])
        #expect(isReady(receiver.descriptor.raw))
        #expect(try receiver.receive(limit: 64) == [1])
        #expect(try receiver.receive(limit: 64) == nil)
    }

    @Test func `a refused datagram is told by the next receive, once`() throws {
        let closed = try portOfNobody()
        let sender = try connected(to: closed)
        try sender.send([1])
        #expect(isReady(sender.descriptor.raw))
        let error = #expect(throws: SystemError.self) { try sender.receive(limit: 64) }
        #expect(error == SystemError("recv", errno: ECONNREFUSED))
        #expect(try sender.receive(limit: 64) == nil)
    }

    @Test func `a refused datagram is told by the next send, which may be repeated`() throws {
        let closed = try portOfNobody()
        let sender = try connected(to: closed)
        try sender.send([1])
        #expect(isReady(sender.descriptor.raw))
        let error = #expect(throws: SystemError.self) { try sender.send([2]) }
        #expect(error == SystemError("send", errno: ECONNREFUSED))
        try sender.send([2])
    }

    @Test func `a datagram that UDP cannot carry is refused with its reason`() throws {
        let receiver = try bound(to: loopback)
        let sender = try connected(to: receiver)
        // 65535 less 20 of IPv4 and 8 of UDP.
        try sender.send(Array(repeating: 0, count: 65507))
        let error = #expect(throws: SystemError.self) {
            try sender.send(Array(repeating: 0, count: 65508))
        }
        #expect(error?.description == "send: Message too long")
    }

    private let loopback = Endpoint(.v4(0x7F00_0001), 0)

    private func bound(to endpoint: Endpoint) throws -> Socket {
        let socket = try Socket(.datagram, for: endpoint.address)
        try socket.bind(to: endpoint)
        return socket
    }

    private func connected(to receiver: borrowing Socket) throws -> Socket {
        let local = receiver.localEndpoint
        let endpoint = try #require(local)
        let socket = try Socket(.datagram, for: endpoint.address)
        try socket.connect(to: endpoint)
        return socket
    }

    /// The owner of a port that refuses all datagrams but those of port 9, as a closed one does.
    /// While it lives nobody else gets the port.
    private func portOfNobody() throws -> Socket {
        let socket = try bound(to: loopback)
        try socket.connect(to: Endpoint(loopback.address, 9))
        return socket
    }

    /// Readable or with an error to report, within 10 s.
    private func isReady(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, 10_000) == 1
    }
}
