/// `tcp-request connection|content accept|reject [if|unless …]`, as far as it asks for the client's
/// address.
package struct AccessRule: Sendable, Equatable {
    /// `src` is in one of the networks, or in none of them.
    package struct Term: Sendable, Equatable {
        package var networks: [IPNetwork]
        package var isNegated: Bool

        package init(_ networks: [IPNetwork], isNegated: Bool = false) {
            self.networks = networks
            self.isNegated = isNegated
        }

        func holds(for client: IPAddress) -> Bool {
            networks.contains { $0.contains(client) } != isNegated
        }
    }

    package var rejects: Bool
    /// One of them has to hold with all its terms; `nil`: the rule is for everybody.
    package var alternatives: [[Term]]?
    /// `unless`
    package var isInverted: Bool

    package init(rejects: Bool, alternatives: [[Term]]? = nil, isInverted: Bool = false) {
        self.rejects = rejects
        self.alternatives = alternatives
        self.isInverted = isInverted
    }

    func applies(to client: IPAddress) -> Bool {
        guard let alternatives else { return true }
        let holds = alternatives.contains { terms in terms.allSatisfy { $0.holds(for: client) } }
        return holds != isInverted
    }
}

extension [AccessRule] {
    /// The first rule that applies decides; without one the client is let in.
    package func rejects(_ client: IPAddress) -> Bool {
        first { $0.applies(to: client) }?.rejects ?? false
    }
}
