package import Arbiter
package import Configuration
internal import PairControl
internal import Primitives

/// From the `arbiter` line to whom is asked.
package enum ArbiterTranslation {
    /// An answer that takes longer helps no holder, and one of the next member may.
    private static let usualTimeLimit = Duration.milliseconds(250)

    /// Looks a name up, and blocks for it.
    /// - Returns: `nil` where the resolver does not know the name
    package static func endpoint(_ member: ArbiterMember) -> ArbiterEndpoint? {
        switch member.host {
        case .address(let address):
            return ArbiterEndpoint(Endpoint(address, member.port), host: "\(member.host)")
        case .name(let name):
            return HostNames.addresses(of: name).first.map {
                ArbiterEndpoint(Endpoint($0, member.port), host: name)
            }
        }
    }

    /// - Returns: `nil` for a pair without an arbiter
    /// - Throws: where no member's name is known; `warn` is told of each
    static func arbiter(
        of pair: Configuration.PairSettings,
        warn: (String) -> Void
    ) throws(StartFailure) -> EtcdArbiter? {
        guard let settings = pair.arbiter else { return nil }
        let endpoints = settings.members.compactMap(endpoint)
        for complaint in complaints(settings) { warn(complaint) }
        guard !endpoints.isEmpty else {
            throw StartFailure(
                "\(settings.location): arbiter: none of its names is known: correct them, or write "
                    + "numeric addresses"
            )
        }
        return EtcdArbiter(
            endpoints: endpoints,
            pair: pair.name,
            // The node gives a question up when each member had its time.
            timeLimit: min(
                usualTimeLimit,
                PairControl.PairSettings.arbiterLimit / endpoints.count
            )
        )
    }

    /// Members that will not be asked. Blocks for the resolver.
    static func complaints(_ settings: ArbiterSettings) -> [String] {
        settings.members.filter { endpoint($0) == nil }.map { member in
            "\(settings.location): arbiter: '\(member.host)' is not known and will not be asked: "
                + "names are looked up at start, a numeric address needs no resolver"
        }
    }
}
