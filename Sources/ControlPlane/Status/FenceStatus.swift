/// What keeps the traffic of a holder from the wire when it no longer acts.
package struct FenceStatus: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable {
        /// Only its own removal of the address.
        case none
        /// The address lifetime in the kernel: seconds.
        case addressLifetime
        /// The kernel's deadline at the interface.
        case deadline
    }

    package var kind: Kind
    /// How long its traffic can go on after a beat; 0 while it does not hold. The other node takes
    /// over no sooner.
    package var outlivesMilliseconds: Int
    /// Why there is no better one; of this node only.
    package var fault: String?

    package init(kind: Kind, outlivesMilliseconds: Int, fault: String? = nil) {
        self.kind = kind
        self.outlivesMilliseconds = outlivesMilliseconds
        self.fault = fault
    }

    /// For people, where it is not as good as it could be.
    var note: String? {
        let reason = fault.map { ", \($0)" } ?? ""
        switch kind {
        case .deadline: return nil
        case .addressLifetime: return "fence: only the address lifetime, 3 s\(reason)"
        case .none: return "fence: none\(reason)"
        }
    }
}
