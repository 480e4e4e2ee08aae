internal import BalancerCore
internal import Heart
internal import LinuxIO
internal import PairControl
package import Primitives
internal import Relay
internal import VIPManager

/// Who on the segments of the virtual addresses can say that this node is not cut off: the gateway,
/// and the servers that are directly behind such an interface. Found at the start and with each
/// reload.
package enum SegmentNeighbours {
    /// The same settings, with the witnesses that this host has now.
    static func found(
        for settings: HeartSettings,
        among definitions: [BackendDefinition]
    ) -> HeartSettings {
        let interfaces = (try? HostInterface.all()) ?? []
        // Nobody else answers for an own address, and the peer is the one that is asked about.
        let own = Set(interfaces.flatMap(\.addresses).map(\.address))
            .union(settings.rails.map(\.peer)).union(settings.virtualAddresses.map(\.address))
        let watched = Set(settings.virtualAddresses.map(\.interface))
        var witnesses: [SegmentWatch.Witness] = []
        for interface in interfaces
        where watched.contains(interface.name) && interface.hasNeighbours {
            let servers = definitions.flatMap(\.servers).map(\.endpoint.address)
                .filter { server in interface.networks.contains { $0.contains(server) } }
            for address in gateways(of: interface.name) + servers where !own.contains(address) {
                let witness = SegmentWatch.Witness(address, interface: interface.name)
                if !witnesses.contains(witness) { witnesses.append(witness) }
            }
        }
        var complete = settings
        complete.witnesses = Array(witnesses.prefix(SegmentWatch.witnessLimit))
        complete.pair.hasWitnesses = !witnesses.isEmpty
        return complete
    }

    private static func gateways(of interface: String) -> [IPAddress] {
        gateways(of: interface, routes: FileContent.text("/proc/net/route") ?? "")
            + gateways(of: interface, routes6: FileContent.text("/proc/net/ipv6_route") ?? "")
    }

    /// - Parameter routes: `/proc/net/route`: interface, destination, gateway and flags, in
    ///   hexadecimal; an address as the number that its bytes are on this host.
    package static func gateways(of interface: String, routes: String) -> [IPAddress] {
        routes.split(separator: "\n").compactMap { line in
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count > 7, fields[0] == interface, fields[1] == "00000000",
                let gateway = UInt32(fields[2], radix: 16), gateway != 0
            else { return nil }
            return .v4(UInt32(bigEndian: gateway))
        }
    }

    /// - Parameter routes6: `/proc/net/ipv6_route`: destination, its prefix, source, its prefix,
    ///   next hop, metric, two counters, flags, interface.
    package static func gateways(of interface: String, routes6: String) -> [IPAddress] {
        routes6.split(separator: "\n").compactMap { line in
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count == 10, fields[9] == interface, fields[1] == "00",
                let gateway = UInt128(fields[4], radix: 16), gateway != 0
            else { return nil }
            return .v6(gateway)
        }
    }
}
