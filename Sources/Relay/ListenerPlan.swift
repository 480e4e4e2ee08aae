package import Primitives

/// One address of a `bind` line.
package struct ListenerPlan: Sendable, Equatable {
    package var endpoint: Endpoint
    /// It is IPv6 and takes IPv4 too.
    package var takesIPv4: Bool
    /// `accept-proxy`: a connection begins with a PROXY header, or does not become a session.
    package var acceptsProxy: Bool

    package init(_ endpoint: Endpoint, takesIPv4: Bool = false, acceptsProxy: Bool = false) {
        self.endpoint = endpoint
        self.takesIPv4 = takesIPv4
        self.acceptsProxy = acceptsProxy
    }
}
