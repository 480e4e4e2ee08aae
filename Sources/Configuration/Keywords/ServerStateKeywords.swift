/// `load-server-state-from-file` and `server-state-file-name`.
enum ServerStateKeywords {
    static let all: [Keyword<ProxyDraft>] = [
        Keyword("load-server-state-from-file", "global | local | none", in: .backendSide) {
            (proxy, arguments) throws(Complaint) in
            proxy.settings.serverState = try arguments.choice(
                "source",
                [("global", .global), ("local", .local), ("none", .none)]
            )
            proxy.settings.serverStateLocation = arguments.keyword
        },
        Keyword("server-state-file-name", "[<file> | use-backend-name]", in: .backendSide) {
            (proxy, arguments) throws(Complaint) in
            let word = arguments.optional()?.text
            proxy.settings.serverStateFile =
                word == "use-backend-name" || word?.isEmpty == true ? nil : word
        },
    ]
}
