/// The words that begin a section.
enum SectionHeader: String, CaseIterable {
    case global, defaults, listen, frontend, backend, pair

    /// Sections of HAProxy that nothing here looks at, and why.
    static let noEffect: [String: String] = [
        "userlist": "it belongs to 'mode http'",
        "cache": "it belongs to 'mode http'",
        "http-errors": "it belongs to 'mode http'",
        "fcgi-app": "it belongs to 'mode http'",
        "resolvers": "names are looked up once, at start and at each reload",
        "peers": "the nodes of a 'pair' know each other",
    ]

    /// Sections of HAProxy that this version cannot honour, each with what to say about it.
    static let notYet: [String: String] = [
        "mailers": "",
        "program": "",
        "ring": "",
        "log-forward": "",
        "crt-store": ": there is no TLS",
        "traces": "",
    ]
}
