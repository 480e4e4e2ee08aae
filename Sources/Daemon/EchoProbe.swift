internal import Glibc
internal import LinuxIO
internal import Primitives
internal import VIPManager

/// One ICMP echo request (RFC 792, RFC 4443) to one host, and the wait for its answer. Needs
/// CAP_NET_RAW.
struct EchoProbe: ~Copyable {
    private let socket: Socket
    private let isV4: Bool
    private let identifier: UInt16
    private let sequence: UInt16

    /// Sends the request.
    /// - Parameter sequence: another one for each request of this process
    init(to address: IPAddress, sequence: UInt16) throws(SystemError) {
        let identifier = UInt16(truncatingIfNeeded: getpid())
        let socket = try Socket(.icmp, for: address)
        // From now on only what comes from there arrives.
        try socket.connect(to: Endpoint(address, 0))
        try socket.send(EchoMessage.request(isV4: address.isV4, identifier, sequence))
        self.socket = socket
        isV4 = address.isV4
        self.identifier = identifier
        self.sequence = sequence
    }

    /// Readable when something has come.
    var descriptor: Int32 { socket.descriptor.raw }

    /// Whether the answer is among what has come. Does not wait.
    /// - Throws: what the network says instead, such as that there is no such host
    func isAnswered() throws(SystemError) -> Bool {
        while let bytes = try socket.receive(limit: 512) {
            if EchoMessage.isReply(bytes, isV4: isV4, identifier, sequence) { return true }
        }
        return false
    }
}
