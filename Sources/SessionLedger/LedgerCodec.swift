package import Heartbeat
internal import Primitives

/// Frames of the ledger as bytes: kind 3 of `FrameCodec`'s frames, on the same rails.
///
/// Behind the header: pair, node, boot, sequence (8 bytes each), what it is (1), the length of what
/// follows (2), and that. Numbers are in network byte order.
package enum LedgerCodec {
    package static let kind: UInt8 = 3
    private static let preambleLength = 35
    private static let headLength = FrameCodec.headerLength + preambleLength
    /// What may stand behind the head.
    static let bodyLimit = LedgerLimits.datagram - headLength - FrameCodec.tagLength

    private enum Form: UInt8 {
        case pages = 1
        case digest = 2
        case request = 3
        case sticks = 4
    }

    /// Bits of a tuple's first byte.
    private enum Mark {
        static let clientIsV6: UInt8 = 1
        static let hasServer: UInt8 = 2
        static let serverIsV6: UInt8 = 4
    }

    package static func encode(
        _ frame: LedgerFrame,
        by authenticator: some FrameAuthenticator
    ) -> [UInt8] {
        var body = ByteWriter(capacity: bodyLimit)
        let form = put(frame.message, &body)
        precondition(body.bytes.count <= bodyLimit, "more than fits into a datagram")
        let contentLength = headLength + body.bytes.count
        var writer = ByteWriter(capacity: contentLength + FrameCodec.tagLength)
        FrameCodec.putHeader(kind: kind, contentLength: contentLength, &writer)
        writer.put(frame.pairID)
        writer.put(frame.nodeID)
        writer.put(frame.bootID)
        writer.put(frame.sequence)
        writer.put(form.rawValue)
        writer.put(UInt16(body.bytes.count))
        writer.put(bytes: body.bytes)
        return writer.bytes + authenticator.tag(for: writer.bytes)
    }

    private static func put(_ message: LedgerMessage, _ writer: inout ByteWriter) -> Form {
        switch message {
        case .pages(let pages):
            for page in pages { put(page, &writer) }
            return .pages
        case .digest(let digest):
            writer.put(digest.sessions)
            for sum in digest.sums { writer.put(sum) }
            return .digest
        case .request(let groups):
            writer.put(groups)
            return .request
        case .sticks(let epoch, let excerpt):
            put(excerpt, epoch, &writer)
            return .sticks
        }
    }

    private static func put(_ page: LedgerPage, _ writer: inout ByteWriter) {
        writer.put(page.id)
        writer.put(page.version)
        writer.put(UInt8(page.tuples.count))
        for tuple in page.tuples {
            var marks: UInt8 = tuple.client.isV4 ? 0 : Mark.clientIsV6
            if let server = tuple.server {
                marks |= Mark.hasServer | (server.isV4 ? 0 : Mark.serverIsV6)
            }
            writer.put(marks)
            for connection in tuple.connections {
                put(connection.local, &writer)
                put(connection.remote, &writer)
            }
        }
    }

    private static func put(_ endpoint: Endpoint, _ writer: inout ByteWriter) {
        writer.put(bytes: endpoint.address.networkBytes)
        writer.put(endpoint.port)
    }

    /// How many bytes a page takes in a body.
    static func length(of page: LedgerPage) -> Int {
        page.tuples.reduce(9) { sum, tuple in
            tuple.connections.reduce(sum + 1) { $0 + ($1.isV4 ? 12 : 36) }
        }
    }

    package static func decode(
        _ datagram: [UInt8],
        by authenticator: some FrameAuthenticator
    ) -> Result<LedgerFrame, FrameDecodingError> {
        do throws(FrameDecodingError) {
            var envelope = try FrameEnvelope(
                datagram[...],
                lengths: headLength...(LedgerLimits.datagram - FrameCodec.tagLength),
                by: authenticator
            )
            guard envelope.kind == kind else { throw .init(.unknownKind) }
            return .success(try frame(&envelope.reader))
        } catch {
            return .failure(error)
        }
    }

    private static func frame(
        _ reader: inout ByteReader
    ) throws(FrameDecodingError) -> LedgerFrame {
        guard let pairID: UInt64 = reader.take(), let nodeID: UInt64 = reader.take(),
            let bootID: UInt64 = reader.take(), let sequence: UInt64 = reader.take(),
            let formValue: UInt8 = reader.take(), let length: UInt16 = reader.take(),
            let body = reader.take(count: Int(length))
        else { throw .init(.malformed) }
        guard let form = Form(rawValue: formValue) else { throw .init(.unknownKind) }
        guard let message = message(form, ByteReader(body)) else { throw .init(.malformed) }
        return LedgerFrame(
            pairID: pairID,
            nodeID: nodeID,
            bootID: bootID,
            sequence: sequence,
            message: message
        )
    }

    private static func message(_ form: Form, _ body: ByteReader) -> LedgerMessage? {
        var reader = body
        switch form {
        case .pages:
            var pages: [LedgerPage] = []
            while reader.count > 0 {
                guard let page = page(&reader) else { return nil }
                pages.append(page)
            }
            return .pages(pages)
        case .digest:
            guard let sessions: UInt32 = reader.take() else { return nil }
            var sums: [UInt32] = []
            for _ in 0..<LedgerDigest.groups {
                guard let sum: UInt32 = reader.take() else { return nil }
                sums.append(sum)
            }
            return .digest(LedgerDigest(sums: sums, sessions: sessions))
        case .request:
            guard let groups: UInt64 = reader.take() else { return nil }
            return .request(groups)
        case .sticks:
            return sticks(&reader)
        }
    }

    private static func page(_ reader: inout ByteReader) -> LedgerPage? {
        guard let id: UInt32 = reader.take(), let version: UInt32 = reader.take(),
            let count: UInt8 = reader.take(), count <= LedgerPage.slots
        else { return nil }
        var tuples: [SessionTuple] = []
        for _ in 0..<count {
            guard let marks: UInt8 = reader.take(),
                let client = connection(isV6: marks & Mark.clientIsV6 != 0, &reader)
            else { return nil }
            var tuple = SessionTuple(client: client, server: nil)
            if marks & Mark.hasServer != 0 {
                guard let server = connection(isV6: marks & Mark.serverIsV6 != 0, &reader) else {
                    return nil
                }
                tuple.server = server
            }
            tuples.append(tuple)
        }
        return LedgerPage(id: id, version: version, tuples: tuples)
    }

    private static func connection(
        isV6: Bool,
        _ reader: inout ByteReader
    ) -> SessionTuple.Connection? {
        guard let local = endpoint(isV6: isV6, &reader),
            let remote = endpoint(isV6: isV6, &reader)
        else { return nil }
        return SessionTuple.Connection(local: local, remote: remote)
    }

    private static func endpoint(isV6: Bool, _ reader: inout ByteReader) -> Endpoint? {
        let address: IPAddress
        if isV6 {
            guard let high: UInt64 = reader.take(), let low: UInt64 = reader.take() else {
                return nil
            }
            address = .v6(high: high, low: low)
        } else {
            guard let value: UInt32 = reader.take() else { return nil }
            address = .v4(value)
        }
        guard let port: UInt16 = reader.take() else { return nil }
        return Endpoint(address, port)
    }
}

extension SessionTuple.Connection {
    /// Both ends are of one family.
    var isV4: Bool { local.address.isV4 && remote.address.isV4 }
}
