internal import Crypto
internal import Heartbeat

/// The keys of a pair, from its secret file. The first one signs, all of them are believed, so that
/// a new key can be rolled out node by node.
package struct PairKeys: Equatable, Sendable {
    /// A shorter key could be guessed; HMAC-SHA256 has no use for more than 64 bytes (RFC 2104).
    static let shortest = 16
    static let longest = 1024
    static let most = 4

    private let keys: [SymmetricKey]

    package enum Failure: Error, Equatable, CustomStringConvertible {
        case empty
        case tooShort(line: Int)
        case tooLong(line: Int)
        case tooMany

        package var description: String {
            switch self {
            case .empty:
                "holds no key. Make one with `head -c 32 /dev/urandom | base64` and copy the "
                    + "file to "
                    + "both nodes"
            case .tooShort(let line):
                "line \(line): a key has at least \(PairKeys.shortest) characters"
            case .tooLong(let line):
                "line \(line): a key has at most \(PairKeys.longest) characters"
            case .tooMany:
                "holds more than \(PairKeys.most) keys: remove the old ones"
            }
        }
    }

    /// Reads the content of a secret file: a key a line; empty lines and those that begin with `#`
    /// are passed over, white space around a key does not count.
    ///
    /// Bytes, and not text: what is no UTF-8 would all become the same replacement character.
    package init(file content: [UInt8]) throws(Failure) {
        var found: [SymmetricKey] = []
        let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let key = Self.trimmed(line)
            guard let first = key.first, first != UInt8(ascii: "#") else { continue }
            guard key.count >= Self.shortest else { throw .tooShort(line: index + 1) }
            guard key.count <= Self.longest else { throw .tooLong(line: index + 1) }
            found.append(SymmetricKey(data: Array(key)))
        }
        guard !found.isEmpty else { throw .empty }
        guard found.count <= Self.most else { throw .tooMany }
        keys = found
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { $0 == 32 || (9...13).contains($0) }
        var rest = bytes.drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
        return rest
    }
}

extension PairKeys: FrameAuthenticator {
    package func tag(for bytes: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: keys[0]))
    }

    package func isValid(_ tag: ArraySlice<UInt8>, for bytes: ArraySlice<UInt8>) -> Bool {
        keys.contains { key in
            HMAC<SHA256>.isValidAuthenticationCode(tag, authenticating: bytes, using: key)
        }
    }
}
