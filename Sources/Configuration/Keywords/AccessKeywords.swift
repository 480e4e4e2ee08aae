internal import Primitives

/// `acl` and `tcp-request`, as far as they ask for the client's address.
enum AccessKeywords {
    static let all: [Keyword<ProxyDraft>] = [
        Keyword("acl", "<name> src <address>[/<mask>]...", in: [.frontend, .backend]) {
            (proxy, arguments) throws(Complaint) in
            try define(&proxy, &arguments)
        },
        rule("connection") { $0.connectionRules.append($1) },
        rule("content") { $0.contentRules.append($1) },
        Keyword("tcp-request inspect-delay", "<time>", in: .frontend) {
            (_, arguments) throws(Complaint) in
            _ = try arguments.timeout()
            arguments.note(
                "'tcp-request inspect-delay' has no effect here: no rule waits for data",
                at: arguments.keyword
            )
        },
    ]

    private static let everybody = [
        IPNetwork(.anyV4, prefixLength: 0), IPNetwork(.v6(high: 0, low: 0), prefixLength: 0),
    ]

    /// Those of HAProxy's predefined ACLs that ask for an address, or for nothing.
    private static let predefined: [String: [IPNetwork]] = [
        "TRUE": everybody, "FALSE": [],
        "LOCALHOST": [
            IPNetwork(.v4(0x7F00_0000), prefixLength: 8),
            IPNetwork(.v6(high: 0, low: 1), prefixLength: 128),
        ],
    ]

    private static func define(
        _ proxy: inout ProxyDraft,
        _ arguments: inout Arguments
    ) throws(Complaint) {
        let name = try arguments.name("the name of an ACL")
        let what = try arguments.word("'src'")
        guard what.text == "src" else {
            // A page that is not served may ask for what it likes.
            proxy.httpOnly.append(
                Complaint(
                    "'acl … \(what.text)' is not supported by this version: only the client's"
                        + " address is asked for, 'src'",
                    at: what.location,
                    suggestion: Spelling.nearest(to: what.text, among: ["src"])
                )
            )
            arguments.ignoresRest = true
            return
        }
        guard proxy.acls[name] != nil || proxy.acls.count < ConfigurationLimits.acls else {
            throw Complaint("too many ACLs", at: arguments.keyword)
        }
        proxy.acls[name, default: []] += try networks(&arguments)
    }

    private static func networks(
        _ arguments: inout Arguments,
        until end: String? = nil
    ) throws(Complaint) -> [IPNetwork] {
        var networks: [IPNetwork] = []
        while let word = arguments.peek(), !word.text.isEmpty, word.text != end {
            networks.append(try AddressText.network(try arguments.word("a network")))
        }
        guard !networks.isEmpty else {
            throw Complaint(
                "expected an address or a network; usage: \(arguments.usage)",
                at: arguments.previous.end
            )
        }
        return networks
    }

    private static func rule(
        _ kind: String,
        _ add: @escaping @Sendable (inout ProxyDraft, AccessRule) -> Void
    ) -> Keyword<ProxyDraft> {
        Keyword(
            "tcp-request \(kind)",
            "{accept | reject} [{if | unless} <condition>]",
            in: .frontend
        ) { (proxy, arguments) throws(Complaint) in
            let rejects = try arguments.choice("action", [("accept", false), ("reject", true)])
            var rule = AccessRule(rejects: rejects)
            if let word = arguments.peek(), !word.text.isEmpty {
                rule.isInverted = try arguments.choice(
                    "condition",
                    [("if", false), ("unless", true)]
                )
                rule.alternatives = try condition(proxy, &arguments)
            }
            guard
                proxy.connectionRules.count + proxy.contentRules.count
                    < ConfigurationLimits.accessRules
            else { throw Complaint("too many 'tcp-request' lines", at: arguments.keyword) }
            add(&proxy, rule)
        }
    }

    /// `a !b or { src 10.0.0.0/8 }`: terms that follow each other must hold together.
    private static func condition(
        _ proxy: ProxyDraft,
        _ arguments: inout Arguments
    ) throws(Complaint) -> [[AccessRule.Term]] {
        var alternatives: [[AccessRule.Term]] = []
        var terms: [AccessRule.Term] = []
        var isNegated = false
        while let word = arguments.peek(), !word.text.isEmpty {
            _ = arguments.optional()
            switch word.text {
            case "or", "||":
                guard !terms.isEmpty, !isNegated else {
                    throw Complaint("expected a condition before '\(word.text)'", at: word.location)
                }
                alternatives.append(terms)
                terms = []
            case "!":
                isNegated.toggle()
            case "{":
                try arguments.expect("src")
                let networks = try networks(&arguments, until: "}")
                try arguments.expect("}")
                terms.append(AccessRule.Term(networks, isNegated: isNegated))
                isNegated = false
            default:
                var name = word.text
                while name.hasPrefix("!") {
                    isNegated.toggle()
                    name.removeFirst()
                }
                guard let networks = proxy.acls[name] ?? predefined[name] else {
                    throw Complaint(
                        "there is no 'acl \(name)' before this line",
                        at: word.location,
                        suggestion: Spelling.nearest(to: name, among: proxy.acls.keys.sorted())
                    )
                }
                terms.append(AccessRule.Term(networks, isNegated: isNegated))
                isNegated = false
            }
        }
        guard !terms.isEmpty, !isNegated else {
            throw Complaint(
                "expected a condition; usage: \(arguments.usage)",
                at: arguments.previous.end
            )
        }
        return alternatives + [terms]
    }
}
