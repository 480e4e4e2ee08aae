internal import Glibc
internal import Heart
internal import Heartbeat
internal import LinuxIO
internal import PairControl
internal import Primitives

/// All rails, opened for a moment, for one thread: those of UDP first, as the heart numbers them.
final class RailSet {
    /// A bound on what one turn reads of one rail: a flood must not keep it here.
    private static let datagramLimit = 512

    /// As the log has them.
    let names: [String]
    /// Of those that could not be opened: why.
    private(set) var faults: [Int: String] = [:]
    /// Rails whose other end said that nobody listens there.
    private(set) var refused: Set<Int> = []
    private var sockets: [Int: OwnedSocket] = [:]
    private var ethernet: [Int: EthernetRail] = [:]
    private var descriptors: [Int32] = []

    private final class OwnedSocket {
        let descriptor: OwnedDescriptor

        init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
    }

    init(_ settings: HeartSettings) {
        names =
            settings.rails.map { "\($0.own) -> \($0.peer)" }
            + settings.ethernetRails.map { "ethernet on \($0)" }
        for (index, rail) in settings.rails.enumerated() {
            do {
                let socket = try Socket(.datagram, for: rail.own)
                try socket.bind(to: Endpoint(rail.own, settings.port))
                try socket.connect(to: Endpoint(rail.peer, settings.port))
                let owned = OwnedSocket(socket.release())
                descriptors.append(owned.descriptor.raw)
                sockets[index] = owned
            } catch {
                faults[index] = "\(error)"
            }
        }
        for (offset, interface) in settings.ethernetRails.enumerated() {
            let rail = EthernetRail(
                interface,
                pair: settings.pair.id,
                peer: settings.pair.peer.id,
                now: .now
            )
            let index = settings.rails.count + offset
            do {
                descriptors.append(try rail.open(now: .now))
                ethernet[index] = rail
            } catch {
                faults[index] = "\(error)"
            }
        }
    }

    func send(_ bytes: [UInt8], rail: Int) {
        if let socket = sockets[rail] {
            let count = unsafe Glibc.send(
                socket.descriptor.raw,
                bytes,
                bytes.count,
                Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
            )
            if count < 0 { note(SystemError.last("send").errno, rail) }
        } else if let path = ethernet[rail] {
            do {
                try path.send(bytes, now: .now)
            } catch {
                faults[rail] = "\(error)"
            }
        }
    }

    /// Everything that waits.
    func receiveAll() -> [(rail: Int, bytes: [UInt8])] {
        var found: [(rail: Int, bytes: [UInt8])] = []
        for (rail, socket) in sockets.sorted(by: { $0.key < $1.key }) {
            var buffer = [UInt8](repeating: 0, count: FrameCodec.maximumLength + 1)
            for _ in 0..<Self.datagramLimit {
                let raw = socket.descriptor.raw
                let count = unsafe recv(raw, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                if count < 0 {
                    let errno = SystemError.last("recv").errno
                    note(errno, rail)
                    if errno == ECONNREFUSED { continue }
                    break
                }
                found.append((rail, Array(buffer.prefix(count))))
            }
        }
        for (rail, path) in ethernet.sorted(by: { $0.key < $1.key }) {
            for _ in 0..<Self.datagramLimit {
                let limit = FrameCodec.maximumLength + 1
                guard let bytes = path.receive(limit: limit, now: .now) else { break }
                found.append((rail, bytes))
            }
        }
        return found
    }

    private func note(_ errno: Int32, _ rail: Int) {
        if errno == ECONNREFUSED { refused.insert(rail) }
    }

    /// Until something arrives or the time has come.
    func wait(until instant: Instant) {
        Poll.wait(of: descriptors, until: instant)
    }
}
