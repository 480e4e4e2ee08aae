internal import Primitives

/// `stick-table` and `stick`
enum StickKeywords {
    static let all: [Keyword<ProxyDraft>] =
        [
            Keyword(
                "stick-table",
                "type ip size <size> [expire <time>] [nopurge] [peers <name>] [store <data>]",
                in: .backend
            ) { (proxy, arguments) throws(Complaint) in
                proxy.stickTable = try table(&arguments)
            },
            rule("on", matches: true, stores: true),
            rule("match", matches: true, stores: false),
            rule("store-request", matches: false, stores: true),
        ]
        + Keyword.notYet(
            "it belongs to 'mode http' and TLS",
            family: "stick",
            "store-response"
        )

    private static func rule(_ name: String, matches: Bool, stores: Bool) -> Keyword<ProxyDraft> {
        Keyword("stick \(name)", "{src | dst}", in: .backend) {
            (proxy, arguments) throws(Complaint) in
            let location = arguments.keyword
            let keys = StickSettings.Key.allCases.map { (name: $0.rawValue, value: $0) }
            let key = try arguments.choice("key", keys)
            if let word = arguments.peek(), !word.text.isEmpty {
                throw Complaint(
                    "'\(word.text)' is not supported by this version: a 'stick' line is for the"
                        + " table of its own section and without a condition",
                    at: word.location
                )
            }
            guard var rule = proxy.stickRule else {
                proxy.stickRule = StickRule(
                    key: key,
                    matches: matches,
                    stores: stores,
                    location: location
                )
                return
            }
            // `stick match src` and `stick store-request src` are `stick on src`.
            guard rule.key == key else {
                throw Complaint(
                    "a second key is not supported by this version: sessions stick by"
                        + " '\(rule.key.rawValue)' already",
                    at: arguments.previous.location
                )
            }
            rule.matches = rule.matches || matches
            rule.stores = rule.stores || stores
            proxy.stickRule = rule
        }
    }

    private static func table(_ arguments: inout Arguments) throws(Complaint) -> StickTableDraft {
        var table = StickTableDraft()
        var hasType = false
        while let word = arguments.peek(), !word.text.isEmpty {
            switch try arguments.word("an option").text {
            case "type":
                let type = try arguments.word("a type")
                guard ["ip", "ipv6"].contains(type.text) else {
                    throw Complaint(
                        "a stick table of type '\(type.text)' is not supported: sessions are told"
                            + " apart by addresses only, write 'type ip'",
                        at: type.location,
                        suggestion: "ip"
                    )
                }
                hasType = true
            case "size":
                let size = try arguments.size()
                guard (1...ConfigurationLimits.stickEntries).contains(size) else {
                    throw Complaint(
                        "'\(arguments.previous.text)' is out of range: expected a size (1 to"
                            + " \(ConfigurationLimits.stickEntries))",
                        at: arguments.previous.location
                    )
                }
                table.size = size
            case "expire":
                let time = try arguments.timeout()
                table.expiry = time == .zero ? nil : time
            case "nopurge": table.purges = false
            case "srvkey": _ = try arguments.word("'name' or 'addr'")
            case "peers":
                _ = try arguments.word("the name of a 'peers' section")
                table.peers = word.location
            case "store", "write-to":
                _ = try arguments.word("what to store")
                arguments.note(
                    "'\(word.text)' has no effect here: the table holds servers only",
                    at: word.location
                )
            default:
                throw Complaint(
                    "unknown option '\(word.text)' of 'stick-table'; usage: \(arguments.usage)",
                    at: word.location,
                    suggestion: Spelling.nearest(
                        to: word.text,
                        among: ["type", "size", "expire", "nopurge", "peers", "store"]
                    )
                )
            }
        }
        guard hasType, table.size > 0 else {
            throw Complaint(
                "expected '\(hasType ? "size" : "type")'; usage: \(arguments.usage)",
                at: arguments.previous.end
            )
        }
        return table
    }
}
