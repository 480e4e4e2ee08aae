package import Primitives

/// The server that a session was given. The session counts as one of the server's until
/// `Backend.finished` is called for it, exactly once.
package struct Assignment: Sendable, Equatable {
    package let server: ServerID
    package let endpoint: Endpoint
    /// What the server wants to be told of the client first.
    package let proxyProtocol: ProxyProtocol?
}
