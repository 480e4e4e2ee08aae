package import Primitives
package import VIPManager

/// What has to be done in a daemon's name after its death: which addresses go, and what the peer is
/// told. The frame is signed by the daemon while it lives, so the guardian needs no key.
package struct Will: Equatable, Sendable {
    package struct Rail: Equatable, Sendable {
        package var from: IPAddress
        package var to: Endpoint

        package init(from: IPAddress, to: Endpoint) {
            self.from = from
            self.to = to
        }
    }

    package var addresses: [VirtualAddress] = []
    package var rails: [Rail] = []
    /// Interfaces on which it is told by a bare Ethernet frame.
    package var ethernetRails: [String] = []
    /// The shared deadline of the fence stands between the addresses and the wire: closing it is
    /// enough for the peer to act.
    package var isFenced = false
    /// The release frame; empty while the daemon holds nothing that could be released.
    package var frame: [UInt8] = []

    package init() {}
}

extension Will {
    /// One line a fact, readable in a dump: `address fd00::100 eth1`, `rail 10.0.0.10 10.0.0.11
    /// 694`, `ethernet eth1`, `frame 4841…`.
    package var text: String {
        var lines = addresses.map { "address \($0.address) \($0.interface)" }
        lines += rails.map { "rail \($0.from) \($0.to.address) \($0.to.port)" }
        lines += ethernetRails.map { "ethernet \($0)" }
        if isFenced { lines.append("fenced") }
        if !frame.isEmpty {
            lines.append(
                "frame " + frame.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            )
        }
        return lines.joined(separator: "\n")
    }

    /// Reads what `text` wrote; a line that makes no sense is passed over, the rest still counts.
    package init(text: some StringProtocol) {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            switch (words.first, words.count) {
            case ("address", 3):
                guard let address = IPAddress(words[1]) else { continue }
                addresses.append(VirtualAddress(address, interface: String(words[2])))
            case ("rail", 4):
                guard let from = IPAddress(words[1]), let to = IPAddress(words[2]),
                    let port = UInt16(words[3])
                else { continue }
                rails.append(Rail(from: from, to: Endpoint(to, port)))
            case ("ethernet", 2):
                ethernetRails.append(String(words[1]))
            case ("fenced", 1):
                isFenced = true
            case ("frame", 2):
                guard let bytes = Self.bytes(hex: Array(words[1].utf8)) else { continue }
                frame = bytes
            default:
                continue
            }
        }
    }

    private static func bytes(hex digits: [UInt8]) -> [UInt8]? {
        let values = digits.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard values.count == digits.count, values.count % 2 == 0 else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { index in
            UInt8(values[index] << 4 | values[index + 1])
        }
    }
}
