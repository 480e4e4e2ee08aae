internal import CLinux
internal import Glibc
package import LinuxIO
package import Primitives
package import VIPManager

/// Frames of one EtherType at one interface, without their Ethernet header, which is the kernel's
/// business. For one thread.
package struct EthernetSocket: ~Copyable {
    /// Of beats: Local Experimental EtherType 1 of IEEE Std 802.
    package static let beats: UInt16 = 0x88B5

    package let descriptor: OwnedDescriptor
    private let index: UInt32
    private let interface: String

    /// - Parameter filter: what is delivered; `nil` for a socket that only sends.
    /// - Throws: `ENODEV` where there is no such interface, `EOPNOTSUPP` where it is none of
    ///   Ethernet; needs CAP_NET_RAW.
    package init(_ interface: String, filter: PacketFilter?) throws(SystemError) {
        let index = unsafe if_nametoindex(interface)
        guard index != 0 else { throw SystemError("if_nametoindex", interface, errno: ENODEV) }
        guard unsafe hb_interface_is_ethernet(interface) == 1 else {
            throw SystemError("socket", "\(interface), not Ethernet", errno: EOPNOTSUPP)
        }
        let steps = filter?.program ?? []
        let raw = try SystemCall.run("socket", "AF_PACKET \(interface)") {
            unsafe hb_frame_socket(index, Self.beats, steps, UInt16(steps.count))
        }
        descriptor = OwnedDescriptor(adopting: raw)
        self.index = index
        self.interface = interface
    }

    /// Never waits.
    package func send(_ bytes: [UInt8], to destination: MACAddress) throws(SystemError) {
        let result = unsafe hb_frame_send(
            descriptor.raw,
            index,
            Self.beats,
            destination.bytes,
            bytes,
            bytes.count
        )
        if result < 0 { throw SystemError("sendto", interface, errno: Int32(-result)) }
    }

    /// The next frame, cut to `limit` bytes, and who sent it; `nil` when none waits.
    /// - Throws: what has befallen the interface, once: `ENETDOWN`.
    package func receive(
        limit: Int
    ) throws(SystemError) -> (bytes: [UInt8], source: MACAddress)? {
        var source = [UInt8](repeating: 0, count: 6)
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            // Writes at most `limit` bytes, which is the buffer's capacity, and 6 of the source.
            let length = unsafe hb_frame_receive(
                descriptor.raw,
                buffer.baseAddress,
                limit,
                &source
            )
            count = max(0, length)
            failure = length < 0 ? Int32(-length) : 0
        }
        guard failure != EAGAIN else { return nil }
        guard failure == 0 else { throw SystemError("recvfrom", interface, errno: failure) }
        return (bytes, MACAddress(bytes: source) ?? .zero)
    }
}
