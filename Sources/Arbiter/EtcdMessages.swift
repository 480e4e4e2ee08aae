internal import FoundationEssentials

// What etcd's JSON gateway is asked and what it answers, by the names of
// api/etcdserverpb/rpc.proto. Bytes are base64, as JSONEncoder and JSONDecoder have them; 64-bit
// numbers are strings, and what is zero, false or empty is left out (proto3's JSON mapping).

struct RangeRequest: Encodable {
    let key: Data
}

struct TransactionRequest: Encodable {
    struct Compare: Encodable {
        let result = "EQUAL"
        let target = "MOD"
        let key: Data
        let modRevision: String
    }

    struct Put: Encodable {
        let key: Data
        let value: Data
    }

    /// One of the two.
    struct Operation: Encodable {
        var requestPut: Put?
        var requestRange: RangeRequest?
    }

    let compare: [Compare]
    let success: [Operation]
    let failure: [Operation]
}

struct ResponseHeader: Decodable {
    let clusterId: String
    /// After a write: the one that it made.
    let revision: String
}

struct KeyValue: Decodable {
    let key: Data
    let modRevision: String
    let value: Data?
}

struct RangeResponse: Decodable {
    let header: ResponseHeader
    let kvs: [KeyValue]?
}

struct TransactionResponse: Decodable {
    struct Operation: Decodable {
        /// The header of a part has the revision alone.
        struct Range: Decodable { let kvs: [KeyValue]? }

        let responseRange: Range?
    }

    let header: ResponseHeader
    let succeeded: Bool?
    let responses: [Operation]?
}

/// Of a status other than 200.
struct ErrorResponse: Decodable {
    let message: String
}
