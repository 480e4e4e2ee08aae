internal import Primitives

/// `glb-control` and `glb-fifo`: the control port and the FIFO of the Galera Load Balancer, for one
/// `listen`.
enum GLBKeywords {
    static let all: [Keyword<ProxyDraft>] = [
        Keyword("glb-control", "[<address>:]<port>", in: [.frontend, .backend]) {
            (proxy, arguments) throws(Complaint) in
            let location = arguments.keyword
            let word = try arguments.word("ADDRESS:PORT")
            guard proxy.kind == .listen else {
                throw Complaint("'glb-control' belongs to 'listen'", at: location)
            }
            guard proxy.glbControl == nil else {
                throw Complaint("a second 'glb-control' of this section", at: location)
            }
            let endpoint = try endpoint(word)
            if !endpoint.address.isLoopback {
                arguments.warn(
                    "whoever reaches \(endpoint) can change the servers: glbd's protocol knows no"
                        + " password. Let it listen on 127.0.0.1, or see to it that nobody else"
                        + " gets there",
                    at: word.location
                )
            }
            proxy.glbControl = (endpoint, word.location)
        },
        Keyword("glb-fifo", "<path>", in: [.frontend, .backend]) {
            (proxy, arguments) throws(Complaint) in
            let location = arguments.keyword
            guard proxy.kind == .listen else {
                throw Complaint("'glb-fifo' belongs to 'listen'", at: location)
            }
            proxy.glbFifo = try arguments.path()
        },
    ]

    /// Without an address it is the loopback's, as for glbd: all addresses are `*`.
    private static func endpoint(_ word: Word) throws(Complaint) -> Endpoint {
        guard word.text.contains(":") else {
            let port = try Arguments.integer(word, 1...65_535, "a port")
            return Endpoint(.loopbackV4, UInt16(port))
        }
        let text = try AddressText(word)
        let port = try text.requiredPort()
        return Endpoint(text.host.isEmpty ? .loopbackV4 : try text.localAddress(), port)
    }
}
