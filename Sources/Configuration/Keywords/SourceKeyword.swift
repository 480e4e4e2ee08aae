internal import Primitives

/// `source` of a section or a server.
enum SourceKeyword {
    static let usage = "<address> [interface <name>]"

    static let line = Keyword<ProxyDraft>("source", usage, in: .backendSide) {
        (proxy, arguments) throws(Complaint) in
        proxy.settings.source = try parse(&arguments)
    }

    static func parse(_ arguments: inout Arguments) throws(Complaint) -> ConnectSource {
        let word = try arguments.word("an address of this host, or *")
        let text = try AddressText(word)
        // A fixed port would allow one session to each server.
        guard text.port == nil || text.port == "0" else {
            throw Complaint(
                "'\(word.text)': the port of 'source' cannot be chosen, leave it out; the kernel"
                    + " takes one of net.ipv4.ip_local_port_range",
                at: word.location
            )
        }
        var source = ConnectSource(address: try text.localAddress())
        while let option = arguments.peek(), ["interface", "usesrc"].contains(option.text) {
            _ = arguments.optional()
            guard option.text == "interface" else {
                throw Complaint(
                    "'usesrc' is not supported by this version: it needs the kernel's transparent"
                        + " proxying; 'send-proxy-v2' tells a server who the client is",
                    at: option.location
                )
            }
            source.interface = try PairKeywords.interfaceName(&arguments)
        }
        return source
    }
}
