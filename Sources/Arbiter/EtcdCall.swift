internal import FoundationEssentials
internal import PairControl
internal import Primitives

/// A request to the arbiter in etcd's words, and what its answer means.
struct EtcdCall {
    struct Meaning {
        let answer: ArbiterAnswer
        /// The id of the cluster that it is of.
        let cluster: String
    }

    /// Bytes that are shown of what somebody else wrote.
    private static let longestMessage = 200
    /// Bytes; a node's name has 255 at most.
    private static let longestRecord = 400

    let kind: ArbiterRequest.Kind
    private let key: Data

    init(_ kind: ArbiterRequest.Kind, key: String) {
        self.kind = kind
        self.key = Data(key.utf8)
    }

    var path: String {
        switch kind {
        case .read: "/v3/kv/range"
        case .write: "/v3/kv/txn"
        }
    }

    var body: [UInt8] {
        switch kind {
        // Not `serializable`: the answer is what a majority knows.
        case .read: Self.encode(RangeRequest(key: key))
        case .write(let record, let revision):
            Self.encode(
                TransactionRequest(
                    compare: [.init(key: key, modRevision: "\(revision)")],
                    success: [.init(requestPut: .init(key: key, value: Data(record.text.utf8)))],
                    failure: [.init(requestRange: .init(key: key))]
                )
            )
        }
    }

    func meaning(of answer: HTTPAnswer) throws(ArbiterFailure) -> Meaning {
        guard answer.status == 200 else { throw Self.refusal(answer) }
        switch kind {
        case .read:
            let response = try Self.decode(RangeResponse.self, answer.body)
            return Meaning(answer: try found(response.kvs), cluster: response.header.clusterId)
        case .write(_, let revision):
            let response = try Self.decode(TransactionResponse.self, answer.body)
            let cluster = response.header.clusterId
            guard response.succeeded != true else {
                let written = try Self.revision(response.header.revision)
                guard written > revision else { throw .notEtcd }
                return Meaning(answer: .written(revision: written), cluster: cluster)
            }
            guard let part = response.responses?.first?.responseRange else { throw .notEtcd }
            return Meaning(answer: try found(part.kvs), cluster: cluster)
        }
    }

    private func found(_ entries: [KeyValue]?) throws(ArbiterFailure) -> ArbiterAnswer {
        guard let entry = entries?.first else { return .found(nil, revision: 0) }
        guard entry.key == key, entries?.count == 1 else { throw .notEtcd }
        let revision = try Self.revision(entry.modRevision)
        return .found(Self.record(entry.value ?? Data()), revision: revision)
    }

    /// `nil` for what nobody of this program wrote, however it looks on a terminal.
    private static func record(_ value: Data) -> ArbiterRecord? {
        guard value.count <= longestRecord, value.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            return nil
        }
        return ArbiterRecord(text: String(decoding: value, as: UTF8.self))
    }

    private static func revision(_ text: String) throws(ArbiterFailure) -> UInt64 {
        // etcd counts in an int64 and begins with 1.
        guard let number = Int64(text), number > 0 else { throw .notEtcd }
        return UInt64(number)
    }

    /// - Returns: etcd's own words, where it has some.
    private static func refusal(_ answer: HTTPAnswer) -> ArbiterFailure {
        let message = (try? decode(ErrorResponse.self, answer.body))?.message
        let said = message.map { Array($0.utf8) } ?? answer.body
        var text = ByteText()
        text.append(printable: Array(said.prefix(longestMessage)))
        let words = String(decoding: text.bytes, as: UTF8.self)
        let hint = answer.status == 404 ? " (is it etcd 3.4 or later, with its JSON gateway?)" : ""
        return .unknown("HTTP \(answer.status): \(words)\(hint)")
    }

    private static func encode(_ request: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        guard let data = try? encoder.encode(request) else {
            preconditionFailure("texts and bytes always encode")
        }
        return Array(data)
    }

    private static func decode<Response: Decodable>(
        _ type: Response.Type,
        _ body: [UInt8]
    ) throws(ArbiterFailure) -> Response {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(type, from: Data(body))
        } catch {
            throw .notEtcd
        }
    }
}
