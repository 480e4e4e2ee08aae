package import Primitives

/// A host as it was written: a numeric address, or a name to look up at start.
package enum HostAddress: Hashable, Sendable, CustomStringConvertible {
    case address(IPAddress)
    case name(String)

    package var description: String {
        switch self {
        case .address(let address): address.description
        case .name(let name): name
        }
    }
}
