internal import BalancerCore
internal import Heartbeat
internal import Primitives

/// Stick tables as bytes.
///
/// Name of the backend, what its keys are (1), epoch (8), pages of the table (4), how many servers
/// are named (1) and their names, and then pages: number (4), entries (1), and of each entry place
/// and family (1), server (1), age in milliseconds (4), address. A name is its length (1) and that.
extension LedgerCodec {
    /// A longer name of a backend or server is not told. With this, a page of IPv6 addresses at
    /// eight servers fits.
    package static let nameLimit = 120
    /// Of the largest table that the configuration allows.
    static let pageLimit = 1 << 21

    private static let isV6: UInt8 = 0x80
    private static let pageHead = 5

    static func put(_ excerpt: StickExcerpt, _ epoch: UInt64, _ writer: inout ByteWriter) {
        var servers: [String: UInt8] = [:]
        var names: [String] = []
        for entry in excerpt.pages.flatMap(\.entries) where servers[entry.server] == nil {
            servers[entry.server] = UInt8(names.count)
            names.append(entry.server)
        }
        put(excerpt.backend, &writer)
        writer.put(UInt8(excerpt.key == .source ? 0 : 1))
        writer.put(epoch)
        writer.put(UInt32(excerpt.pageCount))
        writer.put(UInt8(names.count))
        for name in names { put(name, &writer) }
        for page in excerpt.pages {
            writer.put(UInt32(page.id))
            writer.put(UInt8(page.entries.count))
            for entry in page.entries {
                writer.put(UInt8(entry.place) | (entry.key.isV4 ? 0 : isV6))
                writer.put(servers[entry.server] ?? 0)
                writer.put(UInt32(clamping: entry.age.milliseconds))
                writer.put(bytes: entry.key.networkBytes)
            }
        }
    }

    private static func put(_ name: String, _ writer: inout ByteWriter) {
        writer.put(UInt8(name.utf8.count))
        writer.put(bytes: Array(name.utf8))
    }

    /// An excerpt as excerpts of which each fits into a datagram.
    /// - Parameter untold: is raised by the entries whose names are too long.
    static func parts(of excerpt: StickExcerpt, untold: inout UInt64) -> [StickExcerpt] {
        guard excerpt.backend.utf8.count <= nameLimit else {
            untold += UInt64(excerpt.pages.reduce(0) { $0 + $1.entries.count })
            return []
        }
        let head = 15 + excerpt.backend.utf8.count
        var parts: [StickExcerpt] = []
        var part = excerpt
        part.pages = []
        var servers: Set<String> = []
        var length = head
        for whole in excerpt.pages {
            var page = whole
            page.entries.removeAll { $0.server.utf8.count > nameLimit }
            untold += UInt64(whole.entries.count - page.entries.count)
            let named = Set(page.entries.map(\.server))
            let own = page.entries.reduce(pageHead) { $0 + ($1.key.isV4 ? 10 : 22) }
            let more = own + nameLength(named.subtracting(servers))
            if length + more > bodyLimit {
                parts.append(part)
                part.pages = []
                (servers, length) = (named, head + own + nameLength(named))
            } else {
                servers.formUnion(named)
                length += more
            }
            part.pages.append(page)
        }
        return parts + [part]
    }

    private static func nameLength(_ names: Set<String>) -> Int {
        names.reduce(0) { $0 + 1 + $1.utf8.count }
    }

    static func sticks(_ reader: inout ByteReader) -> LedgerMessage? {
        guard let backend = name(&reader), let keyValue: UInt8 = reader.take(), keyValue <= 1,
            let epoch: UInt64 = reader.take(), let pageCount: UInt32 = reader.take(),
            pageCount <= pageLimit, let count: UInt8 = reader.take()
        else { return nil }
        var servers: [String] = []
        for _ in 0..<count {
            guard let server = name(&reader) else { return nil }
            servers.append(server)
        }
        var excerpt = StickExcerpt(
            backend: backend,
            key: keyValue == 0 ? .source : .destination,
            pageCount: Int(pageCount),
            pages: []
        )
        while reader.count > 0 {
            guard let page = stickPage(servers, &reader), page.id < pageCount else { return nil }
            excerpt.pages.append(page)
        }
        return .sticks(epoch: epoch, excerpt)
    }

    private static func stickPage(_ servers: [String], _ reader: inout ByteReader) -> StickPage? {
        guard let id: UInt32 = reader.take(), let count: UInt8 = reader.take(),
            count <= StickPage.places
        else { return nil }
        var page = StickPage(id: Int(id), entries: [])
        for _ in 0..<count {
            guard let marks: UInt8 = reader.take(), let server: UInt8 = reader.take(),
                let age: UInt32 = reader.take(),
                let bytes = reader.take(count: marks & isV6 == 0 ? 4 : 16),
                let key = IPAddress(networkBytes: bytes), Int(server) < servers.count
            else { return nil }
            let place = Int(marks & ~isV6)
            guard place < StickPage.places, place > page.entries.last?.place ?? -1 else {
                return nil
            }
            page.entries.append(
                StickPage.Entry(
                    place: place,
                    key: key,
                    server: servers[Int(server)],
                    age: .milliseconds(Int64(age))
                )
            )
        }
        return page
    }

    private static func name(_ reader: inout ByteReader) -> String? {
        guard let length: UInt8 = reader.take(), (1...nameLimit).contains(Int(length)),
            let bytes = reader.take(count: Int(length))
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
