/// Why a connection of an `accept-proxy` listener never became a session. The texts are HAProxy's.
package enum ProxyHeaderFault: String, Error, Sendable {
    case closed = "Connection closed while waiting for PROXY protocol header"
    case aborted = "Connection error while waiting for PROXY protocol header"
    case timeout = "Timeout while waiting for PROXY protocol header"
    case truncated = "Truncated PROXY protocol header received"
    case notAHeader = "Received something which does not look like a PROXY protocol header"
    case invalid = "Received an invalid PROXY protocol header"
    case unhandledProtocol = "Received an unhandled protocol in the PROXY protocol header"
}
