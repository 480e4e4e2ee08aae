internal import CLinux
internal import Glibc
package import LinuxIO
internal import Primitives

/// A host that lies: sends datagrams under the address of another one, as anybody on the segment
/// can.
package final class FrameForger: Sendable {
    private let socket: OwnedDescriptor
    private let interfaceIndex: UInt32
    private let host: HostPlan

    /// - Parameter host: whose `eth1` the frames leave by.
    package init(on host: LabHost) throws {
        let raw = try host.inside { try SystemCall.run("socket") { hb_packet_socket() } }
        socket = OwnedDescriptor(adopting: raw)
        interfaceIndex = try host.inside { unsafe if_nametoindex("eth1") }
        self.host = host.plan
    }

    /// Sends a UDP datagram (RFC 768) with a false source to port `port` of a host, from the same
    /// port.
    package func send(
        _ payload: [UInt8],
        inTheNameOf source: HostPlan,
        to target: HostPlan,
        port: UInt16
    ) throws(SystemError) {
        let frame = frame(payload, source, target, port)
        try SystemCall.run("sendto", "a forged frame") {
            unsafe hb_packet_send(socket.raw, interfaceIndex, frame, frame.count)
        }
    }

    /// Sends bytes of any EtherType to a host, under the liar's own hardware address.
    package func sendFrame(
        _ payload: [UInt8],
        to target: HostPlan,
        _ type: EtherType
    ) throws(SystemError) {
        let number = [UInt8(type.rawValue >> 8), UInt8(truncatingIfNeeded: type.rawValue)]
        let frame = target.hardwareAddress.bytes + host.hardwareAddress.bytes + number + payload
        try SystemCall.run("sendto", "a forged frame") {
            unsafe hb_packet_send(socket.raw, interfaceIndex, frame, frame.count)
        }
    }

    private func frame(
        _ payload: [UInt8],
        _ source: HostPlan,
        _ target: HostPlan,
        _ port: UInt16
    ) -> [UInt8] {
        precondition(payload.count <= 1472, "longer than one frame")
        // The switch must not learn the forged host's port: the frame bears the liar's own MAC.
        var frame = target.hardwareAddress.bytes + host.hardwareAddress.bytes + [0x08, 0x00]
        let header =
            [0x45, 0] + Self.bytes(28 + payload.count)  // version 4, 20 bytes; length
            + [0, 0, 0, 0, 64, 17, 0, 0]  // no fragment, time to live, UDP, checksum to come
            + source.address.networkBytes + target.address.networkBytes
        let checksum = Self.checksum(header)
        frame += header[..<10] + Self.bytes(checksum) + header[12...]
        let ports = Self.bytes(Int(port)) + Self.bytes(Int(port))
        // A checksum of 0 says that there is none.
        return frame + ports + Self.bytes(8 + payload.count) + [0, 0] + payload
    }

    private static func bytes(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    /// RFC 1071, of an even number of bytes.
    private static func checksum(_ bytes: [UInt8]) -> Int {
        var sum = stride(from: 0, to: bytes.count, by: 2).reduce(0) {
            $0 + Int(bytes[$1]) << 8 + Int(bytes[$1 + 1])
        }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        return ~sum & 0xFFFF
    }
}
