internal import Configuration
internal import Heart
internal import LinuxIO
internal import PairControl
internal import Primitives
internal import Relay
internal import VIPManager

/// Where relayed sessions of the virtual addresses connect from (design §6).
package enum VirtualSources {
    private static let rangeFile = "/proc/sys/net/ipv4/ip_local_port_range"

    /// - Parameter order: this node's place in the pair: 0 takes the lower half of the ports.
    static func sources(_ settings: HeartSettings) -> [VirtualSource] {
        let ports = half(of: systemRange(), order: settings.pair.own.order)
        let interfaces = (try? HostInterface.all()) ?? []
        return settings.virtualAddresses.map { virtual in
            VirtualSource(
                address: virtual.address,
                ports: ports,
                networks: interfaces.first { $0.name == virtual.interface }?.networks ?? []
            )
        }
    }

    private static func systemRange() -> ClosedRange<UInt16>? {
        guard let text = FileContent.text(rangeFile, limit: 64) else { return nil }
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { UInt16($0) }
        guard numbers.count == 2, numbers[0] < numbers[1] else { return nil }
        return numbers[0]...numbers[1]
    }

    /// Two nodes share one source address after a hand-over: their ports must not meet.
    package static func half(of range: ClosedRange<UInt16>?, order: Int) -> ClosedRange<UInt16>? {
        guard let range, range.count >= 2 else { return nil }
        let middle = range.lowerBound + UInt16(range.count / 2)
        return order == 0 ? range.lowerBound...(middle - 1) : middle...range.upperBound
    }
}
