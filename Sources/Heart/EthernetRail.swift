internal import Glibc
internal import Heartbeat
package import LinuxIO
package import Primitives
internal import VIPKernel
internal import VIPManager

/// A rail of bare Ethernet frames on one segment, which no packet filter for IP and no routing
/// stands in the way of.
///
/// The peer's MAC is that of the last believed beat. Before the first one, and when none has come
/// for a while, beats go to all: it may have another interface by now.
package final class EthernetRail: RailPath {
    private static let memory: Duration = .seconds(1)

    let interface: String
    var condition = RailCondition()
    private(set) var retryAt: Instant?
    private let filter: PacketFilter
    private var socket: EthernetSocket?
    private var lastSource = MACAddress.zero
    private var believedAt = Instant.zero

    /// - Parameters:
    ///   - pair, peer: whose frames come into the queue at all.
    package init(_ interface: String, pair: UInt64, peer: UInt64, now: Instant) {
        self.interface = interface
        retryAt = now
        filter = Self.filter(pair: pair, peer: peer)
    }

    /// Beats of the peer, as far as the first bytes tell: nobody vouches for them yet.
    private static func filter(pair: UInt64, peer: UInt64) -> PacketFilter {
        let numbers = [(FrameCodec.pairOffset, pair), (FrameCodec.nodeOffset, peer)]
        let words = numbers.flatMap { offset, number in
            [
                (offset: UInt32(offset), value: UInt32(number >> 32)),
                (offset: UInt32(offset + 4), value: UInt32(truncatingIfNeeded: number)),
            ]
        }
        return PacketFilter(words: [(offset: 0, value: FrameCodec.magic)] + words)
    }

    var name: String { "ethernet on \(interface)" }

    package func open(now: Instant) throws(SystemError) -> Int32 {
        retryAt = now + RailLimits.retryPause
        let fresh = try EthernetSocket(interface, filter: filter)
        let descriptor = fresh.descriptor.raw
        socket = consume fresh
        condition.peerMAC = nil
        retryAt = nil
        return descriptor
    }

    package func receive(limit: Int, now: Instant) -> [UInt8]? {
        // An error is told once, as of an interface that goes down: whether it matters, the next
        // beat finds out.
        for _ in 0..<2 {
            do {
                guard let (bytes, source) = try socket?.receive(limit: limit) else { return nil }
                lastSource = source
                return bytes
            } catch {
                continue
            }
        }
        return nil
    }

    package func send(_ bytes: [UInt8], now: Instant) throws(SystemError) {
        guard socket != nil else { return }
        if now - believedAt >= Self.memory { condition.peerMAC = nil }
        do {
            try socket?.send(bytes, to: condition.peerMAC ?? .broadcast)
        } catch {
            if [ENXIO, ENODEV].contains(error.errno) {
                // Another interface of this name may be there already.
                socket = nil
                retryAt = now
            }
            throw error
        }
    }

    func lastWasBelieved(now: Instant) {
        believedAt = now
        condition.peerMAC = lastSource
    }
}
