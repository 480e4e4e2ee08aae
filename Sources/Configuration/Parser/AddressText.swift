internal import Primitives

/// `HOST:PORT` as HAProxy writes it.
struct AddressText {
    /// Without brackets; empty or `*` is any address.
    let host: String
    /// `nil` if there is none.
    let port: String?
    /// An IPv6 address with a port and without brackets: `::1:3306`.
    let isAmbiguous: Bool

    private let word: Word

    /// Splits at the last colon, as HAProxy does; IPv6 is best in brackets.
    init(_ word: Word) throws(Complaint) {
        self.word = word
        var text = word.text
        for prefix in ["ipv4@", "ipv6@"] where text.hasPrefix(prefix) {
            text.removeFirst(prefix.count)
        }
        guard !text.hasPrefix("/"), !text.contains("@") else {
            throw Complaint(
                "'\(word.text)' is not an internet address: UNIX sockets and other families are"
                    + " not supported by this version",
                at: word.location
            )
        }
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else {
                throw Complaint("expected ']' in '\(word.text)'", at: word.location)
            }
            let rest = text[text.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw Complaint("expected ':PORT' after ']' in '\(word.text)'", at: word.location)
            }
            host = String(text[text.index(after: text.startIndex)..<close])
            port = rest.isEmpty ? nil : String(rest.dropFirst())
            isAmbiguous = false
            guard case .v6 = IPAddress(host) else {
                throw Complaint("'\(host)' is not an IPv6 address", at: word.location)
            }
        } else if let colon = text.lastIndex(of: ":") {
            host = String(text[..<colon])
            port = String(text[text.index(after: colon)...])
            isAmbiguous = host.contains(":") && host != "::"
        } else {
            host = text
            port = nil
            isAmbiguous = false
        }
    }

    /// The port, 1 to 65535.
    func requiredPort() throws(Complaint) -> UInt16 {
        let ports = try portRange()
        guard ports.count == 1, let port = ports.first else {
            throw Complaint(
                "'\(word.text)' has a range of ports: expected one port",
                at: word.location
            )
        }
        return port
    }

    /// The ports of `PORT` or `FIRST-LAST`.
    func portRange() throws(Complaint) -> ClosedRange<UInt16> {
        guard let port, !port.isEmpty else {
            throw Complaint(
                "'\(word.text)' has no port: expected ADDRESS:PORT",
                at: word.end
            )
        }
        let parts = port.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        var bounds: [UInt16] = []
        for part in parts {
            guard part.utf8.allSatisfy({ (48...57).contains($0) }), let value = UInt16(part),
                value > 0
            else {
                throw Complaint(
                    "invalid port '\(port)' in '\(word.text)': expected 1 to 65535",
                    at: word.location
                )
            }
            bounds.append(value)
        }
        guard let first = bounds.first, let last = bounds.last, first <= last else {
            throw Complaint("the port range '\(port)' runs backwards", at: word.location)
        }
        return first...last
    }

    /// A numeric address or a wildcard.
    func localAddress() throws(Complaint) -> IPAddress {
        if host.isEmpty || host == "*" { return .anyV4 }
        guard let address = IPAddress(host) else {
            throw Complaint(
                "'\(host)' is not a numeric address: expected ADDRESS:PORT, *:PORT or :PORT",
                at: word.location
            )
        }
        return address
    }

    /// `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `fd00::/8`, or one address.
    static func network(_ word: Word) throws(Complaint) -> IPNetwork {
        let parts = word.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else {
            throw Complaint(
                "'\(word.text)' is not a numeric address or network",
                at: word.location
            )
        }
        let bits = Int(address.hostPrefixLength)
        guard parts.count == 2 else { return IPNetwork(address, prefixLength: bits) }
        if address.isV4, case .v4(let mask)? = IPAddress(String(parts[1])),
            ~mask & (~mask &+ 1) == 0
        {
            return IPNetwork(
                address,
                prefixLength: mask.leadingZeroBitCount == 0
                    ? (~mask).leadingZeroBitCount : 0
            )
        }
        guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let length = Int(parts[1]),
            length <= bits
        else {
            throw Complaint(
                "'\(parts[1])' is not a prefix of \(bits) bits at most",
                at: word.location
            )
        }
        return IPNetwork(address, prefixLength: length)
    }

    /// A numeric address or a host name.
    func remoteHost() throws(Complaint) -> HostAddress {
        try Self.host(host, at: word)
    }

    /// A numeric address or a host name (RFC 1123: labels of letters, digits, `-`; `_` is in use).
    static func host(_ text: String, at word: Word) throws(Complaint) -> HostAddress {
        if let address = IPAddress(text) {
            guard !address.isUnspecified else {
                throw Complaint("'\(text)' is no address to connect to", at: word.location)
            }
            return .address(address)
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let isName =
            text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count)
                    && label.utf8.allSatisfy { byte in
                        switch byte {
                        case 45, 48...57, 65...90, 95, 97...122: true
                        default: false
                        }
                    }
            }
        // A last label of digits only was meant to be an address: 10.0.0.256, 10.0.0
        let isNumeric = labels.last?.utf8.allSatisfy { (48...57).contains($0) } ?? true
        guard isName, !isNumeric else {
            throw Complaint(
                "'\(text)' is neither a numeric address nor a host name",
                at: word.location
            )
        }
        return .name(text)
    }
}
