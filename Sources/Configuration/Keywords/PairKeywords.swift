internal import Primitives

/// The `pair` section.
enum PairKeywords {
    static let table = KeywordTable<PairDraft>(
        [
            Keyword("node", "<name> <address> [<address>...] priority <1-254>") {
                (pair, arguments) throws(Complaint) in
                try node(&pair, &arguments)
            },
            Keyword("virtual-ip", "<address> dev <interface>") {
                (pair, arguments) throws(Complaint) in
                try virtualAddress(&pair, &arguments)
            },
            Keyword("rail", "ethernet dev <interface>") { (pair, arguments) throws(Complaint) in
                try rail(&pair, &arguments)
            },
            Keyword("secret-file", "<path>") { (pair, arguments) throws(Complaint) in
                _ = try arguments.path()
                pair.secretFile = arguments.previous
            },
            Keyword("heartbeat", "[every <time>] [dead-after <time>] [port <port>]") {
                (pair, arguments) throws(Complaint) in
                try heartbeat(&pair, &arguments)
            },
            Keyword("boot-hold", "<time>") { (pair, arguments) throws(Complaint) in
                pair.bootHold = try arguments.duration(.zero ... .seconds(300))
            },
            Keyword("preempt", "on|off") { (pair, arguments) throws(Complaint) in
                pair.preempts = try arguments.choice("setting", [("on", true), ("off", false)])
            },
            Keyword("on-change", "<path> [timeout <time>]") {
                (pair, arguments) throws(Complaint) in
                let location = arguments.keyword
                var hook = ChangeHookSettings(path: try arguments.path(), location: location)
                if arguments.peek()?.text == "timeout" {
                    _ = try arguments.word("timeout")
                    hook.timeout = try arguments.duration(.milliseconds(100) ... .seconds(600))
                }
                pair.onChange = hook
            },
        ] + TrackKeywords.lines + ArbiterKeywords.lines
    )

    private static let heartbeatOptions = KeywordTable<HeartbeatSettings>([
        Keyword("every", "<time>") { (heartbeat, arguments) throws(Complaint) in
            heartbeat.interval = try arguments.duration(.milliseconds(5) ... .seconds(10))
        },
        Keyword("dead-after", "<time>") { (heartbeat, arguments) throws(Complaint) in
            heartbeat.deadAfter = try arguments.duration(.milliseconds(15) ... .seconds(300))
        },
        Keyword("port", "<port>") { (heartbeat, arguments) throws(Complaint) in
            heartbeat.port = UInt16(try arguments.integer(1...65_535, "a port"))
        },
    ])

    private static func node(
        _ pair: inout PairDraft,
        _ arguments: inout Arguments
    ) throws(Complaint) {
        let location = arguments.keyword
        let name = try arguments.name("the node's host name")
        let nameLocation = arguments.previous.location
        var addresses: [IPAddress] = []
        repeat {
            let address = try nodeAddress(&arguments)
            guard !addresses.contains(address) else {
                throw Complaint("the address is there twice", at: arguments.previous.location)
            }
            addresses.append(address)
            guard addresses.count <= ConfigurationLimits.rails else {
                let limit = ConfigurationLimits.rails
                throw Complaint("more than \(limit) addresses", at: arguments.previous.location)
            }
        } while isAddressNext(arguments)
        try arguments.expect("priority")
        let priority = try arguments.integer(1...254, "a priority")
        if let other = pair.nodes.first(where: { $0.name == name }) {
            throw Complaint(
                "another node is named '\(name)' at \(other.location.file):\(other.location.line)",
                at: nameLocation
            )
        }
        pair.nodes.append(
            PairNode(name: name, addresses: addresses, priority: priority, location: location)
        )
    }

    /// Whether the next word is meant as one more address, rather than as "priority".
    private static func isAddressNext(_ arguments: Arguments) -> Bool {
        guard let word = arguments.peek(), word.text != "priority" else { return false }
        return Spelling.nearest(to: word.text, among: ["priority"]) == nil
    }

    private static func nodeAddress(
        _ arguments: inout Arguments
    ) throws(Complaint) -> IPAddress {
        let word = try arguments.word("the node's numeric address")
        guard let address = IPAddress(word.text) else {
            throw Complaint(
                "'\(word.text)' is not a numeric address: node addresses are numeric, because a"
                    + " host name may resolve to 127.0.1.1",
                at: word.location
            )
        }
        try refuseUnusable(address, word)
        return address
    }

    /// Refuses what no single host on a network can have.
    static func refuseUnusable(_ address: IPAddress, _ word: Word) throws(Complaint) {
        let isGroup =
            switch address {
            case .v4(let value): value >> 28 >= 14
            case .v6(let high, _): high >> 56 == 0xFF
            }
        guard !address.isUnspecified, !isGroup else {
            throw Complaint("'\(word.text)' is not the address of one host", at: word.location)
        }
    }

    private static func virtualAddress(
        _ pair: inout PairDraft,
        _ arguments: inout Arguments
    ) throws(Complaint) {
        let word = try arguments.word("a virtual address")
        guard let address = IPAddress(word.text) else {
            let hint =
                word.text.contains("/")
                ? ": write it without a prefix length, it is always a single host's (/32, /128)"
                : ": expected a numeric address"
            throw Complaint("'\(word.text)' is not an address\(hint)", at: word.location)
        }
        try refuseUnusable(address, word)
        guard !address.isLoopback else {
            throw Complaint("'\(word.text)' is a loopback address", at: word.location)
        }
        try arguments.expect("dev")
        let interface = try interfaceName(&arguments)
        guard !pair.virtualAddresses.contains(where: { $0.address == address }) else {
            throw Complaint("'\(word.text)' is there twice", at: word.location)
        }
        guard pair.virtualAddresses.count < ConfigurationLimits.virtualAddresses else {
            throw Complaint("too many 'virtual-ip' lines", at: word.location)
        }
        pair.virtualAddresses.append(
            VirtualAddress(address: address, interface: interface, location: word.location)
        )
    }

    /// The other rails are the address pairs of the `node` lines.
    private static func rail(
        _ pair: inout PairDraft,
        _ arguments: inout Arguments
    ) throws(Complaint) {
        let location = arguments.keyword
        try arguments.expect("ethernet")
        try arguments.expect("dev")
        let interface = try interfaceName(&arguments)
        guard !pair.ethernetRails.contains(where: { $0.interface == interface }) else {
            throw Complaint(
                "there is a rail on '\(interface)' already",
                at: arguments.previous.location
            )
        }
        guard pair.ethernetRails.count < ConfigurationLimits.rails else {
            throw Complaint("too many 'rail' lines", at: location)
        }
        pair.ethernetRails.append(EthernetRail(interface: interface, location: location))
    }

    /// What Linux accepts as the name of an interface (`dev_valid_name` in net/core/dev.c).
    static func interfaceName(_ arguments: inout Arguments) throws(Complaint) -> String {
        let word = try arguments.word("the name of an interface such as eth1")
        let limit = ConfigurationLimits.interfaceNameBytes
        guard word.text.utf8.count <= limit else {
            throw Complaint(
                "'\(word.text)' is longer than the \(limit) bytes of an interface name",
                at: word.location
            )
        }
        let isAllowed = word.text.utf8.allSatisfy { $0 > 32 && $0 != 47 && $0 != 58 && $0 != 127 }
        guard isAllowed, word.text != ".", word.text != ".." else {
            throw Complaint("'\(word.text)' is not an interface name", at: word.location)
        }
        return word.text
    }

    private static func heartbeat(
        _ pair: inout PairDraft,
        _ arguments: inout Arguments
    ) throws(Complaint) {
        pair.heartbeatLocation = arguments.keyword
        guard !arguments.isAtEnd else {
            throw Complaint(
                "expected 'every', 'dead-after' or 'port'; usage: \(arguments.usage)",
                at: arguments.previous.end
            )
        }
        heartbeatOptions.applyOptions(to: &pair.heartbeat, &arguments, of: "heartbeat")
    }
}
