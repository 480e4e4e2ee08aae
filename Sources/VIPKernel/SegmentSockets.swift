internal import CLinux
internal import Glibc
internal import LinuxIO
internal import Primitives
internal import VIPManager

/// The packet sockets that hear who else answers for the virtual addresses, one per interface. For
/// one thread; no call waits.
///
/// They hear a frame before the fence drops it. A filter in the kernel lets in only what has a
/// meaning here, and one call reads only so much of that.
final class SegmentSockets {
    /// Frames read per call: all that matters in one volley, and no more than a flood may cost.
    private static let frameLimit = 64

    private final class Interface {
        let name: String
        /// As told last; `nil` while it is gone.
        var link: KernelLink?
        var socket: OwnedDescriptor?
        /// Of the interface that the socket is bound to.
        var boundTo: UInt32 = 0

        init(_ name: String) { self.name = name }
    }

    private let epoll: Epoll
    private var watch: SegmentWatch
    private let interfaces: [Interface]

    init(_ watch: SegmentWatch) throws(SystemError) {
        epoll = try Epoll()
        self.watch = watch
        interfaces = watch.interfaces.map { Interface($0) }
    }

    /// Readable when one of the sockets is.
    var descriptor: Int32 { epoll.descriptor.raw }

    func replace(_ watch: SegmentWatch) {
        self.watch = watch
        for interface in interfaces {
            guard let raw = interface.socket?.raw else { continue }
            let filter = watch.filter(on: interface.name).program
            _ = unsafe hb_packet_filter(raw, filter, UInt16(filter.count))
        }
    }

    /// Takes over what the kernel says of the interfaces: one may be there again with another index
    /// or MAC. What failed is tried again.
    func follow(_ view: KernelView) {
        for interface in interfaces {
            interface.link = view.link(named: interface.name)
            open(interface)
        }
    }

    private func open(_ interface: Interface) {
        guard let link = interface.link, link.index != interface.boundTo else { return }
        let filter = watch.filter(on: interface.name).program
        let raw = unsafe hb_packet_watch(link.index, filter, UInt16(filter.count))
        guard raw >= 0 else { return }
        let socket = OwnedDescriptor(adopting: raw)
        // A question for an IPv6 address goes to a group that only its holder has joined.
        for address in watch.virtualAddresses(on: interface.name) where !address.isV4 {
            let group = AddressProbe.group(of: address).bytes
            _ = unsafe hb_packet_join(raw, link.index, group)
        }
        guard (try? epoll.add(raw, .readable, token: 0)) != nil else { return }
        interface.socket = consume socket
        interface.boundTo = link.index
    }

    /// Sends one volley.
    func ask(
        _ question: SegmentQuestion,
        send: (_ frame: [UInt8], _ index: UInt32) -> Void
    ) {
        for interface in interfaces {
            guard let link = interface.link, let mac = link.mac else { continue }
            for frame in watch.frames(for: question, on: interface.name, from: mac) {
                send(frame, link.index)
            }
        }
    }

    /// The news of all sockets, each once.
    func read() -> [SegmentNews] {
        var news: [SegmentNews] = []
        for interface in interfaces {
            guard let raw = interface.socket?.raw, let mac = interface.link?.mac else { continue }
            for _ in 0..<Self.frameLimit {
                guard let frame = Self.receive(raw) else { break }
                guard let fact = watch.news(from: frame, on: interface.name, own: mac),
                    !news.contains(fact)
                else { continue }
                news.append(fact)
            }
        }
        return news
    }

    private static func receive(_ raw: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 128)
        // One error may be that the interface went down since; reading it clears it.
        for _ in 0..<2 {
            let count = unsafe recv(raw, &buffer, buffer.count, 0)
            if count >= 0 { return Array(buffer.prefix(count)) }
            guard hb_errno() != EAGAIN else { return nil }
        }
        return nil
    }
}
