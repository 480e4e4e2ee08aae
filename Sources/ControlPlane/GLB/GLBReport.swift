package import Primitives

/// The answer to `getinfo`, in the layout of glbd 1.0.1, which scripts and the plug-ins of
/// monitoring systems take apart.
package struct GLBReport: Sendable, Equatable {
    package struct Destination: Sendable, Equatable {
        package var endpoint: Endpoint
        package var weight: Weight
        package var connections: Int
        /// It gets no sessions now, since a connect failed.
        package var isShunned: Bool

        package init(endpoint: Endpoint, weight: Weight, connections: Int, isShunned: Bool) {
            self.endpoint = endpoint
            self.weight = weight
            self.connections = connections
            self.isShunned = isShunned
        }
    }

    package var destinations: [Destination]
    /// Where a number between 0 and 1 chooses the destination, and `map` says up to which.
    package var hasMap: Bool
    package var connections: Int
    package var connectionLimit: Int

    package init(
        destinations: [Destination],
        hasMap: Bool,
        connections: Int,
        connectionLimit: Int
    ) {
        self.destinations = destinations
        self.hasMap = hasMap
        self.connections = connections
        self.connectionLimit = connectionLimit
    }

    package var text: String {
        let rule = String(repeating: "-", count: 54) + "\n"
        let title = "        Address       :   weight   usage    map  conns\n"
        var rows = ""
        let weights = destinations.map { $0.isShunned ? 0 : $0.weight.thousandths }
        let total = max(1, weights.reduce(0, +))
        var sum = 0
        for (destination, weight) in zip(destinations, weights) {
            sum += weight
            rows += row(destination, map: (sum * 1000 + total / 2) / total)
        }
        return "Router:\n" + rule + title + rows + rule
            + "Destinations: \(destinations.count), total connections: \(connections)"
            + " of \(connectionLimit) max\n"
    }

    private func row(_ destination: Destination, map: Int) -> String {
        let address = destination.endpoint.address
        let name = address.isV4 ? "\(address)" : "[\(address)]"
        let place = Self.right(name, 15) + ":" + Self.left("\(destination.endpoint.port)", 5)
        let weight = Self.right(Self.decimal(destination.weight.thousandths), 8)
        // 1 - 1/(n + 1); glbd divides by the weight before, and prints what 0 / 0 is.
        let next = destination.connections + 1
        let usage = (destination.connections * 1000 + next / 2) / next
        let share = destination.weight == 0 ? "-nan" : Self.decimal(usage)
        return "\(place) : \(weight) \(Self.right(share, 7)) "
            + (hasMap ? Self.right(Self.decimal(map), 7) : "   N/A ")
            + " \(Self.right("\(destination.connections)", 5))\n"
    }

    /// `%.3f` of thousandths.
    private static func decimal(_ thousandths: Int) -> String {
        "\(thousandths / 1000)." + String(1000 + thousandths % 1000).dropFirst()
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
