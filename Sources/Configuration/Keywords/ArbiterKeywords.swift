internal import Primitives

/// `arbiter` lines of the `pair` section.
enum ArbiterKeywords {
    private static let usage = "http://HOST[:PORT][,http://HOST[:PORT]...]"
    /// Where etcd serves its clients unless told otherwise (IANA: etcd-client).
    private static let port: UInt16 = 2379
    private static let scheme = "http://"

    static let lines: [Keyword<PairDraft>] = [
        Keyword("arbiter etcd", usage) { (pair, arguments) throws(Complaint) in
            let location = arguments.keyword
            if let other = pair.arbiter {
                throw Complaint(
                    "there is an 'arbiter' already, at \(other.location.file):"
                        + "\(other.location.line): all members of its cluster are on one line,"
                        + " with commas between them",
                    at: location
                )
            }
            let members = try members(try arguments.word("the URLs of an etcd cluster's members"))
            pair.arbiter = ArbiterSettings(members: members, location: location)
        }
    ]

    private static func members(_ list: Word) throws(Complaint) -> [ArbiterMember] {
        var members: [ArbiterMember] = []
        for text in list.text.split(separator: ",", omittingEmptySubsequences: false) {
            guard !text.isEmpty else {
                throw Complaint(
                    "an URL is missing at a comma in '\(list.text)': no blanks between them",
                    at: text.endIndex == list.text.endIndex ? list.end : list.location
                )
            }
            let word = Word(text: String(text), location: list.location, endColumn: list.endColumn)
            let member = try member(word)
            guard !members.contains(member) else {
                throw Complaint("'\(text)' is there twice", at: list.location)
            }
            members.append(member)
        }
        let limit = ConfigurationLimits.arbiterMembers
        guard members.count <= limit else {
            throw Complaint("more than \(limit) members of the arbiter", at: list.location)
        }
        return members
    }

    private static func member(_ url: Word) throws(Complaint) -> ArbiterMember {
        guard !url.text.hasPrefix("https://") else {
            throw Complaint(
                "'\(url.text)': TLS to the arbiter is not supported by this version: have a TLS"
                    + " proxy such as stunnel on this host and name that, http://127.0.0.1:PORT, or"
                    + " give the cluster a network of its own",
                at: url.location
            )
        }
        guard url.text.hasPrefix(scheme) else {
            throw Complaint(
                "'\(url.text)' is not an URL of etcd: expected http://HOST[:PORT]",
                at: url.location
            )
        }
        let rest = String(url.text.dropFirst(scheme.count))
        guard !rest.contains("@") else {
            throw Complaint(
                "there is a user in '\(url.text)': etcd's users are not supported by this version,"
                    + " expected http://HOST[:PORT]",
                at: url.location
            )
        }
        guard !rest.contains(where: { "/?#".contains($0) }) else {
            throw Complaint(
                "there is a path in '\(url.text)': expected http://HOST[:PORT]",
                at: url.location
            )
        }
        let authority = Word(text: rest, location: url.location, endColumn: url.endColumn)
        let text = try AddressText(authority)
        guard !text.isAmbiguous else {
            throw Complaint(
                "'\(rest)' is ambiguous: write an IPv6 address in brackets, http://[fd00::1]:2379",
                at: url.location
            )
        }
        return ArbiterMember(
            host: try text.remoteHost(),
            port: text.port == nil ? port : try text.requiredPort()
        )
    }
}
