package import Primitives

/// What a client of a `glb-control` socket asks: the protocol of the Galera Load Balancer (glbd),
/// one command for each read.
package enum GLBCommand: Sendable, Equatable {
    case getInfo
    case getStatistics
    case change(GLBChange)

    /// Longer ones are not read: an address, a port and a weight are far shorter.
    package static let lengthLimit = 512

    /// Reads what came at once. A second line of it is dropped, as by glbd, and so is everything
    /// behind the known beginning of a command (`getinfo`, `getstats`).
    /// - Returns: `nil`: it is none
    package init?(_ bytes: some Collection<UInt8>) {
        let line = bytes.prefix(Self.lengthLimit + 1).prefix { $0 != UInt8(ascii: "\n") }
        guard line.count <= Self.lengthLimit else { return nil }
        // glbd cuts off what is neither a letter, a digit nor a punctuation mark.
        var text = Array(line)
        while let last = text.last, !(0x21...0x7E).contains(last) { text.removeLast() }
        guard text.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        let word = String(decoding: text, as: UTF8.self)
        let lowercase = word.lowercased()
        if lowercase.hasPrefix("getinfo") {
            self = .getInfo
        } else if lowercase.hasPrefix("getstat") {
            self = .getStatistics
        } else if let change = GLBChange(word) {
            self = .change(change)
        } else {
            return nil
        }
    }
}

/// `address[:port[:weight]]`: a destination is added, gets another weight, or is removed.
package struct GLBChange: Sendable, Equatable {
    /// A numeric address or a name.
    package var host: String
    /// `nil`: the port that is listened on.
    package var port: UInt16?
    /// 0 takes no new sessions; `nil`: it is to be removed (a weight below 0).
    package var weight: Weight?

    /// An IPv6 address stands in brackets.
    package init?(_ text: String) {
        var rest = text[...]
        if rest.first == "[" {
            guard let close = rest.firstIndex(of: "]"),
                case .v6 = IPAddress(String(rest[rest.index(after: rest.startIndex)..<close]))
            else { return nil }
            host = String(rest[rest.index(after: rest.startIndex)..<close])
            rest = rest[rest.index(after: close)...]
            guard rest.isEmpty || rest.first == ":" else { return nil }
            rest = rest.dropFirst()
        } else {
            host = String(rest.prefix { $0 != ":" })
            rest = rest.dropFirst(host.count).dropFirst()
        }
        guard Self.isHost(host) else { return nil }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return nil }
        weight = 1
        if let word = parts.first, !(parts.count == 1 && word.isEmpty) {
            guard word.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt16(word),
                number > 0
            else { return nil }
            port = number
        }
        guard parts.count == 2 else { return }
        let isNegative = parts[1].hasPrefix("-")
        guard let weight = Weight(decimal: isNegative ? parts[1].dropFirst() : parts[1]) else {
            return nil
        }
        self.weight = isNegative && weight > 0 ? nil : weight
    }

    private static func isHost(_ text: String) -> Bool {
        if let address = IPAddress(text) { return !address.isUnspecified }
        return (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 45, 46, 48...57, 65...90, 95, 97...122: true
                default: false
                }
            }
    }
}
