internal import CLinux
internal import Glibc
package import LinuxIO
package import Primitives

/// Asks the segment who holds an address, as any host that wants to send there does (RFC 826), and
/// collects every answer.
package final class ARPProbe: Sendable {
    /// Answers that take longer are not waited for.
    package static let patience = Duration.milliseconds(100)

    private let socket: OwnedDescriptor
    private let interfaceIndex: UInt32
    private let source: HostPlan

    /// - Parameter host: the host that asks, over its `eth1`.
    package init(from host: LabHost) throws {
        let raw = try host.inside {
            try SystemCall.run("socket", "AF_PACKET on eth1") {
                unsafe hb_packet_listener("eth1", EtherType.arp.rawValue)
            }
        }
        socket = OwnedDescriptor(adopting: raw)
        interfaceIndex = try host.inside { unsafe if_nametoindex("eth1") }
        source = host.plan
    }

    /// The hardware addresses that claim `address`, in the order of their answers: of none, one,
    /// or, where something is wrong, several hosts.
    package func answers(for address: IPAddress) throws(SystemError) -> [MACAddress] {
        precondition(address.isV4, "ARP is for IPv4")
        while receive() != nil {}
        let frame = request(for: address)
        try SystemCall.run("sendto", "ARP request for \(address)") {
            unsafe hb_packet_send(socket.raw, interfaceIndex, frame, frame.count)
        }
        var found: [MACAddress] = []
        let deadline = Instant.now + Self.patience
        while Instant.now < deadline {
            var entry = pollfd(fd: socket.raw, events: Int16(POLLIN), revents: 0)
            _ = unsafe poll(&entry, 1, 5)
            while let frame = receive() {
                guard let sender = Self.sender(of: frame, claiming: address),
                    !found.contains(sender)
                else { continue }
                found.append(sender)
            }
        }
        return found
    }

    private func request(for address: IPAddress) -> [UInt8] {
        var frame = MACAddress.broadcast.bytes + source.hardwareAddress.bytes
        frame += [0x08, 0x06]  // ARP
        frame += [0, 1, 0x08, 0, 6, 4, 0, 1]  // Ethernet, IPv4, lengths, request
        frame += source.hardwareAddress.bytes + source.address.networkBytes
        return frame + MACAddress.zero.bytes + address.networkBytes
    }

    /// The next frame that waits; `nil` when there is none.
    private func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = unsafe recv(socket.raw, &buffer, buffer.count, 0)
        return count >= 0 ? Array(buffer.prefix(count)) : nil
    }

    /// The sender's hardware address of an ARP reply whose sender protocol address is `address`.
    private static func sender(of frame: [UInt8], claiming address: IPAddress) -> MACAddress? {
        guard frame.count >= 42, frame[20...21] == [0, 2],
            Array(frame[28..<32]) == address.networkBytes
        else { return nil }
        return MACAddress(bytes: frame[22..<28])
    }
}
