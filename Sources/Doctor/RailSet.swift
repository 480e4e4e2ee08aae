internal import Glibc
internal import Heart
internal import Heartbeat
internal import LinuxIO
internal import Primitives

/// The sockets of all rails, for one thread.
final class RailSet {

    /// Of those that could not be opened: why.
    private(set) var faults: [Int: String] = [:]
    /// Rails whose other end said that nobody listens there.
    private(set) var refused: Set<Int> = []
    private var descriptors: [Int: Int32] = [:]

    init(_ settings: HeartSettings) {
        for (index, rail) in settings.rails.enumerated() {
            do {
                let socket = try Socket(.datagram, for: rail.own)
                try socket.bind(to: Endpoint(rail.own, settings.port))
                try socket.connect(to: Endpoint(rail.peer, settings.port))
                descriptors[index] = socket.release().release()
            } catch {
                faults[index] = "\(error)"
            }
        }
    }

    deinit {
        for descriptor in descriptors.values { close(descriptor) }
    }

    func send(_ bytes: [UInt8], rail: Int) {
        guard let descriptor = descriptors[rail] else { return }
        let count = unsafe Glibc.send(
            descriptor,
            bytes,
            bytes.count,
            Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
        )
        if count < 0 { note(SystemError.last("send").errno, rail) }
    }

    /// Everything that waits.
    func receiveAll() -> [(rail: Int, bytes: [UInt8])] {
        var found: [(rail: Int, bytes: [UInt8])] = []
        for (rail, descriptor) in descriptors.sorted(by: { $0.key < $1.key }) {
            var buffer = [UInt8](repeating: 0, count: FrameCodec.maximumLength + 1)
            // A bound on what one turn reads: a flood must not keep it here.
            for _ in 0..<512 {
                let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                if count < 0 {
                    let errno = SystemError.last("recv").errno
                    note(errno, rail)
                    if errno == ECONNREFUSED { continue }
                    break
                }
                found.append((rail, Array(buffer.prefix(count))))
            }
        }
        return found
    }

    private func note(_ errno: Int32, _ rail: Int) {
        if errno == ECONNREFUSED { refused.insert(rail) }
    }

    /// Until something arrives or the time has come.
    func wait(until instant: Instant) {
        let left = max(0, (instant - .now).nanoseconds)
        var entries = descriptors.values.map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        let milliseconds = Int32(clamping: (left + 999_999) / 1_000_000)
        _ = unsafe poll(&entries, UInt(entries.count), milliseconds)
    }
}
