/// The words that begin a section.
enum SectionHeader: String, CaseIterable {
    case global, defaults, listen, frontend, backend, pair

    /// Sections of HAProxy that this version cannot honour, each with what to say about it.
    static let notYet: [String: String] = [
        "peers": ": the pair carries its own state",
        "resolvers": ": names are looked up once, at start",
        "mailers": "",
        "userlist": "",
        "cache": ": it belongs to 'mode http'",
        "program": "",
        "http-errors": ": it belongs to 'mode http'",
        "ring": "",
        "fcgi-app": ": it belongs to 'mode http'",
        "log-forward": "",
        "crt-store": ": there is no TLS",
        "traces": "",
    ]
}
