internal import Primitives

/// An `Endpoint` without an enum in it, 19 bytes.
struct PlainEndpoint {
    private var high: UInt64
    private var low: UInt64
    private var port: UInt16
    private var isV4: Bool

    init(_ endpoint: Endpoint) {
        port = endpoint.port
        switch endpoint.address {
        case .v4(let address): (high, low, isV4) = (0, UInt64(address), true)
        case .v6(let upper, let lower): (high, low, isV4) = (upper, lower, false)
        }
    }

    static var none: PlainEndpoint { PlainEndpoint(Endpoint(.anyV4, 0)) }

    var endpoint: Endpoint {
        let address: IPAddress =
            isV4
            ? .v4(UInt32(truncatingIfNeeded: low)) : .v6(high: high, low: low)
        return Endpoint(address, port)
    }
}
