/// What the command line says beside the file, and before it.
package struct CommandLineSettings: Sendable, Equatable {
    /// `-n`: `maxconn` of `global`; `nil`: as the file says.
    package var maxConnections: Int?
    /// `-N`: `maxconn` of the proxies that have none, nor their `defaults`.
    package var proxyMaxConnections: Int?
    /// `-S`: what `MasterSocketOption` reads.
    package var masterSocket: String?

    /// - Parameters: a number that is 0 is not said, as in HAProxy.
    package init(
        maxConnections: Int? = nil,
        proxyMaxConnections: Int? = nil,
        masterSocket: String? = nil
    ) {
        self.masterSocket = masterSocket
        self.maxConnections = maxConnections == 0 ? nil : maxConnections
        self.proxyMaxConnections = proxyMaxConnections == 0 ? nil : proxyMaxConnections
    }

    /// The words that say the same.
    package var words: [String] {
        [
            ("-n", maxConnections.map { "\($0)" }), ("-N", proxyMaxConnections.map { "\($0)" }),
            ("-S", masterSocket),
        ].flatMap { name, value in value.map { [name, $0] } ?? [] }
    }
}
