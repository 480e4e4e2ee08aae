package import Primitives

/// The unsolicited Neighbor Advertisement (RFC 4861 §7.2.6): IPv6's gratuitous ARP.
package enum NeighborAdvertisement {
    /// 86 bytes, to all nodes (ff02::1), with the override flag set so that caches are updated.
    package static func unsolicited(for address: IPAddress, at mac: MACAddress) -> [UInt8] {
        precondition(!address.isV4, "Neighbor Discovery is for IPv6")
        let source = address.networkBytes
        let allNodes: [UInt8] = [0xFF, 0x02] + [UInt8](repeating: 0, count: 13) + [0x01]
        var message: [UInt8] = []
        message += [136, 0, 0, 0]  // type, code, checksum (filled in below)
        message += [0x20, 0, 0, 0]  // router 0, solicited 0, override 1
        message += source  // target
        message += [2, 1] + mac.bytes  // option: target link-layer address, one unit of 8 bytes
        // RFC 8200 §8.1: addresses, length, zero, next header.
        let pseudoHeader = source + allNodes + [0, 0, 0, UInt8(message.count), 0, 0, 0, 58]
        let checksum = InternetChecksum.of(pseudoHeader + message)
        message[2] = UInt8(checksum >> 8)
        message[3] = UInt8(truncatingIfNeeded: checksum)

        var frame: [UInt8] = []
        frame.reserveCapacity(86)
        frame += [0x33, 0x33, 0, 0, 0, 1]  // RFC 2464 §7: the group's last 32 bits
        frame += mac.bytes
        frame += [0x86, 0xDD]  // IPv6
        frame += [0x60, 0, 0, 0]  // version 6, no traffic class, no flow label
        frame += [0, UInt8(message.count)]
        frame += [58, 255]  // ICMPv6; hop limit 255 proves that no router forwarded it
        frame += source
        frame += allNodes
        frame += message
        return frame
    }
}
