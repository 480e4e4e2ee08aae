/// `option external-check` and `external-check …`
enum ExternalCheckKeywords {
    static let all: [Keyword<ProxyDraft>] = [
        Keyword("option external-check", in: .backendSide) { (proxy, arguments) in
            proxy.settings.checkMethod = .external(ExternalCheckMethod())
            proxy.settings.checkMethodLocation = arguments.keyword
        },
        Keyword("external-check command", "<path>", in: .backendSide) {
            (proxy, arguments) throws(Complaint) in
            proxy.settings.externalCheck.command = try arguments.path()
        },
        Keyword("external-check path", "<path>[:<path>...]", in: .backendSide) {
            (proxy, arguments) throws(Complaint) in
            proxy.settings.externalCheck.searchPath = try arguments.word("directories").text
        },
    ]
}
