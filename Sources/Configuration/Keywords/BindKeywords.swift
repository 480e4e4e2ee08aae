internal import Primitives

/// The `bind` line.
enum BindKeywords {
    struct Options {
        var name: String?
        var isV6Only: Bool?
        var acceptsProxy = false
    }

    static let table = KeywordTable<Options>(
        [
            Keyword("name", "<name>") { (options, arguments) throws(Complaint) in
                options.name = try arguments.name("a name")
            },
            Keyword("v6only") { (options, _) in options.isV6Only = true },
            Keyword("accept-proxy") { (options, _) in options.acceptsProxy = true },
            Keyword("v4v6") { (options, _) in options.isV6Only = false },
        ]
            + Keyword.noEffect("every worker thread listens", "process thread shards")
            + Keyword.noEffect(
                "every listener may bind an address that is elsewhere",
                "transparent"
            )
            + Keyword.noEffect("all listeners weigh the same", "nice")
            + Keyword.notYet("it stalls MySQL, where the server speaks first", "defer-accept")
            + Keyword.notYet("there is no TLS", "ssl crt ca-file ciphers alpn verify")
            + Keyword.notYet("put 'maxconn' on a line of its own", "maxconn")
            + Keyword.notYet("put 'backlog' on a line of its own", "backlog")
            + Keyword.notYet(
                """
                accept-netscaler-cip expose-fd gid group id interface level mode
                mss namespace tcp-ut tfo uid user
                """
            )
    )

    static func parse(
        into proxy: inout ProxyDraft,
        _ arguments: inout Arguments
    ) throws(Complaint) {
        let word = try arguments.word("ADDRESS:PORT")
        let endpoints = try endpoints(word, &arguments)
        var options = Options()
        table.applyOptions(to: &options, &arguments, of: "bind")
        for endpoint in endpoints {
            proxy.binds.append(
                Bind(
                    endpoint: endpoint,
                    location: word.location,
                    name: options.name,
                    isV6Only: options.isV6Only,
                    acceptsProxy: options.acceptsProxy
                )
            )
        }
    }

    /// The addresses of one word: several with commas between, ports as ranges.
    static func endpoints(
        _ word: Word,
        _ arguments: inout Arguments
    ) throws(Complaint) -> [Endpoint] {
        var endpoints: [Endpoint] = []
        var column = word.location.column
        for part in word.text.split(separator: ",", omittingEmptySubsequences: false) {
            var partWord = word
            partWord.text = String(part)
            partWord.location.column = column
            partWord.endColumn = column + part.unicodeScalars.count
            column = partWord.endColumn + 1
            let text = try AddressText(partWord)
            let ports = try text.portRange()
            let address = try text.localAddress()
            if text.isAmbiguous {
                arguments.warn(
                    "'\(part)' is read as [\(address)]:\(ports.lowerBound): write the brackets",
                    at: partWord.location
                )
            }
            guard endpoints.count + ports.count <= ConfigurationLimits.listeners else {
                throw Complaint("too many addresses to listen on", at: partWord.location)
            }
            endpoints += ports.map { Endpoint(address, $0) }
        }
        return endpoints
    }
}
