internal import CLinux
internal import Diagnosis
internal import Glibc
internal import LinuxIO
internal import Primitives
internal import VIPManager

/// Asks the segment of an interface who has an address, in this node's own name, as any client
/// would: the question in nobody's name would be a claim to it (`AddressProbe`).
struct SegmentProbe {
    enum Outcome: Equatable {
        case answers([MACAddress])
        case impossible(String)
    }

    /// Probes, and how long after each an answer is waited for.
    private static let attempts = 3
    private static let pause = Duration.milliseconds(100)

    private let interfaces: [InterfaceFact]

    init(_ interfaces: [InterfaceFact]) { self.interfaces = interfaces }

    func ask(for address: IPAddress, at name: String) -> Outcome {
        guard let interface = interfaces.first(where: { $0.name == name }) else {
            return .impossible("interface \(name) does not exist")
        }
        guard interface.isUp, interface.hasCarrier else {
            return .impossible("\(name) is down or has no carrier")
        }
        guard interface.isEthernet, let mac = interface.mac else {
            return .impossible("\(name) is not Ethernet")
        }
        guard let own = Self.asker(at: interface, for: address) else {
            return .impossible("\(name) has no address to ask from")
        }
        let type: UInt16 = address.isV4 ? 0x0806 : 0x86DD
        let raw = unsafe hb_packet_listener(name, type)
        guard raw >= 0 else {
            return .impossible("\(SystemError.last("socket", "AF_PACKET")): run this as root")
        }
        let socket = OwnedDescriptor(adopting: raw)
        let frame = AddressProbe.frame(for: address, from: mac, inTheNameOf: own)
        let index = unsafe if_nametoindex(name)
        var found: [MACAddress] = []
        for _ in 0..<Self.attempts {
            guard unsafe hb_packet_send(socket.raw, index, frame, frame.count) >= 0 else {
                return .impossible("\(SystemError.last("sendto", name))")
            }
            let deadline = Instant.now + Self.pause
            while Instant.now < deadline {
                guard let answer = Self.receive(socket.raw, until: deadline) else { continue }
                guard let sender = AddressProbe.holder(of: address, in: answer),
                    sender != mac, !found.contains(sender)
                else { continue }
                found.append(sender)
            }
            if !found.isEmpty { break }
        }
        return .answers(found)
    }

    /// An address of the interface in whose name is asked: one of its own, and no host address,
    /// since those may be virtual.
    private static func asker(at interface: InterfaceFact, for address: IPAddress) -> IPAddress? {
        let own = interface.addresses.filter {
            $0.address.isV4 == address.isV4 && $0.address != address && !$0.isHost
        }
        return (own.first { $0.contains(address) } ?? own.first)?.address
    }

    private static func receive(_ socket: Int32, until deadline: Instant) -> [UInt8]? {
        guard Poll.wait(of: [socket], until: deadline) else { return nil }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = unsafe recv(socket, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }
}
