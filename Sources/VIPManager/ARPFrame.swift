internal import Primitives

/// ARP for IPv4 over Ethernet (RFC 826), as whole frames of 42 bytes.
enum ARPFrame {
    enum Operation: UInt8 { case request = 1, reply }

    /// One end, as ARP speaks of it.
    struct Party {
        var mac: MACAddress
        var address: IPAddress
    }

    static func bytes(
        _ operation: Operation,
        to receiver: MACAddress,
        sender: Party,
        target: Party
    ) -> [UInt8] {
        precondition(sender.address.isV4 && target.address.isV4, "ARP is for IPv4")
        var frame: [UInt8] = []
        frame.reserveCapacity(42)
        frame += receiver.bytes
        frame += sender.mac.bytes
        frame += [0x08, 0x06]  // ARP
        frame += [0x00, 0x01]  // hardware: Ethernet
        frame += [0x08, 0x00]  // protocol: IPv4
        frame += [6, 4]  // address lengths
        frame += [0, operation.rawValue]
        frame += sender.mac.bytes
        frame += sender.address.networkBytes
        frame += target.mac.bytes
        frame += target.address.networkBytes
        return frame
    }
}
