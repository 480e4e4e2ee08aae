package import Primitives

/// One address that a frontend listens on.
package struct Bind: Sendable, Equatable {
    package var endpoint: Endpoint
    /// Where it is written, for messages such as "cannot bind".
    package var location: SourceLocation
    /// `name`: for statistics.
    package var name: String?
    /// `v6only` and `v4v6`: whether an IPv6 wildcard leaves IPv4 alone; `nil`: as the system does.
    package var isV6Only: Bool?
    /// `accept-proxy`
    package var acceptsProxy = false
}
