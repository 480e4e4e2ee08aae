internal import Primitives

/// The `stats socket` line.
enum StatsSocketKeywords {
    static let table = KeywordTable<StatsSocket>(
        [
            Keyword("mode", "<octal>") { (socket, arguments) throws(Complaint) in
                let word = try arguments.word("an octal mode such as 660")
                guard let mode = UInt16(word.text, radix: 8), mode <= 0o777,
                    word.text.utf8.first != UInt8(ascii: "+")
                else {
                    throw Complaint(
                        "'\(word.text)' is not an octal mode such as 660",
                        at: word.location
                    )
                }
                socket.mode = mode
            },
            Keyword("level", "user|operator|admin") { (socket, arguments) throws(Complaint) in
                socket.level = try arguments.choice(
                    "level",
                    StatsSocket.Level.allCases.map { (name: $0.rawValue, value: $0) }
                )
            },
            Keyword("expose-fd", "listeners") { (_, arguments) throws(Complaint) in
                let location = arguments.keyword
                try arguments.expect("listeners")
                arguments.note(
                    "'expose-fd' has no effect here: 'reload' keeps the listeners open",
                    at: location
                )
            },
        ]
            + ["user", "uid", "group", "gid"].map { name in
                Keyword(name, "<name>") { (_, arguments) throws(Complaint) in
                    let location = arguments.keyword
                    _ = try arguments.word("a name")
                    arguments.note(
                        "'\(name)' has no effect here: the socket belongs to the daemon's user",
                        at: location
                    )
                }
            } + Keyword.notYet("accept-proxy namespace process severity-output ssl")
    )

    /// - Parameter level: without a word about it
    static func parse(
        _ arguments: inout Arguments,
        level: StatsSocket.Level = .operator
    ) throws(Complaint) -> StatsSocket {
        var word = try arguments.word("a path or ADDRESS:PORT")
        if word.text.hasPrefix("unix@") { word.text.removeFirst("unix@".count) }
        let address: StatsSocket.Address
        if word.text.hasPrefix("/") {
            guard word.text.utf8.count <= ConfigurationLimits.socketPathBytes else {
                let limit = ConfigurationLimits.socketPathBytes
                throw Complaint("the path is longer than \(limit) bytes", at: word.location)
            }
            address = .path(word.text)
        } else {
            let text = try AddressText(word)
            guard text.port != nil else {
                throw Complaint(
                    "'\(word.text)' is neither an absolute path nor ADDRESS:PORT",
                    at: word.location
                )
            }
            address = .internet(Endpoint(try text.localAddress(), try text.requiredPort()))
        }
        var socket = StatsSocket(address: address, mode: nil, level: level)
        table.applyOptions(to: &socket, &arguments, of: "stats socket")
        return socket
    }
}
