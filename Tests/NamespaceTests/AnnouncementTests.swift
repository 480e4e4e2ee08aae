import Lab
import LinuxIO
import Primitives
import Testing

extension RealPair {
    /// What the segment hears of a takeover, byte by byte.
    @Suite struct AnnouncementTests {
        private static let virtualV6 = IPAddress.v6(0xFD00 << 112 | 0x100)
        /// After the first one (design §5).
        private static let schedule: [Duration] = [
            .zero, .milliseconds(100), .milliseconds(1100), .milliseconds(2200), .seconds(5),
        ]
        private static let tolerance = Duration.milliseconds(80)

        @Test func `both addresses move together and are announced in all forms on the schedule`()
            throws
        {
            var options = LabPair.Options()
            options.virtualAddresses.append(Self.virtualV6)
            try Scene.playComplete(options) { scene, old in
                let new = 1 - old
                let mac = scene.daemon(new).host.plan.hardwareAddress
                let forms = [Self.request(mac), Self.reply(mac)]
                let arp = try FrameTap(on: scene.client, .arp, where: forms.contains)
                let nd = try FrameTap(on: scene.client, .ipv6) { Self.isAdvertisement($0) }
                let result = try scene.daemon(old).command("failover")
                #expect(result.status == .exited(0), "\(result.standardError)")
                for (node, isHolder) in [(old, false), (new, true)] {
                    let addresses = try scene.daemon(node).host.addresses()
                    #expect(addresses.contains(HostPlan.virtualAddress) == isHolder)
                    #expect(addresses.contains(Self.virtualV6) == isHolder)
                    #expect(addresses.contains(scene.daemon(node).host.address))
                }
                Patience.pause(.milliseconds(5300))
                let (heardARP, heardND) = (arp.stop(), nd.stop())
                for form in forms {
                    Self.expectSchedule(heardARP.filter { $0.bytes == form }.map(\.at))
                }
                #expect(heardND.allSatisfy { $0.bytes == Self.advertisement(mac) })
                Self.expectSchedule(heardND.map(\.at))
            }
        }

        private static func expectSchedule(_ times: [Instant]) {
            #expect(times.count == schedule.count)
            guard let first = times.first else { return }
            for (time, offset) in zip(times, schedule) {
                #expect(time - first >= offset - tolerance)
                #expect(time - first <= offset + tolerance)
            }
        }

        /// RFC 826 in the form of RFC 5227: who has 10.0.0.100? Tell 10.0.0.100.
        private static func request(_ mac: MACAddress) -> [UInt8] {
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] + mac.bytes + [0x08, 0x06]  // all, from, ARP
                + [0, 1, 0x08, 0, 6, 4, 0, 1]  // Ethernet, IPv4, lengths, request
                + mac.bytes + [10, 0, 0, 100]  // sender
                + [0, 0, 0, 0, 0, 0] + [10, 0, 0, 100]  // target
        }

        /// 10.0.0.100 is at this address.
        private static func reply(_ mac: MACAddress) -> [UInt8] {
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] + mac.bytes + [0x08, 0x06]  // all, from, ARP
                + [0, 1, 0x08, 0, 6, 4, 0, 2]  // Ethernet, IPv4, lengths, reply
                + mac.bytes + [10, 0, 0, 100]  // sender
                + mac.bytes + [10, 0, 0, 100]  // target
        }

        /// fd00::100 is at this address (RFC 4861 §4.4), to ff02::1.
        private static func advertisement(_ mac: MACAddress) -> [UInt8] {
            let address: [UInt8] = [0xFD] + [UInt8](repeating: 0, count: 13) + [0x01, 0x00]
            let allNodes: [UInt8] = [0xFF, 0x02] + [UInt8](repeating: 0, count: 13) + [0x01]
            let body: [UInt8] = [0x20, 0, 0, 0] + address + [2, 1] + mac.bytes  // override; target
            // RFC 1071 over the pseudo header of RFC 8200 §8.1 and the message.
            let summed: [UInt8] =
                address + allNodes + [0, 0, 0, 32, 0, 0, 0, 58, 136, 0, 0, 0] + body
            var sum = stride(from: 0, to: summed.count, by: 2).reduce(0) {
                $0 + Int(summed[$1]) << 8 + Int(summed[$1 + 1])
            }
            while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
            let checksum = ~sum & 0xFFFF
            return [0x33, 0x33, 0, 0, 0, 1] + mac.bytes + [0x86, 0xDD]  // all nodes, from, IPv6
                + [0x60, 0, 0, 0, 0, 32, 58, 255]  // 32 bytes of ICMPv6, hop limit 255
                + address + allNodes
                + [136, 0, UInt8(checksum >> 8), UInt8(checksum & 0xFF)] + body
        }

        /// An ICMPv6 neighbor advertisement for fd00::100.
        private static func isAdvertisement(_ frame: [UInt8]) -> Bool {
            frame.count >= 78 && frame[20] == 58 && frame[54] == 136
                && Array(frame[62..<78]) == virtualV6.networkBytes
        }
    }
}
