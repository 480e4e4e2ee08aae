/// One member of the arbiter, asked for the pair's key.
package struct ArbiterFact: Equatable, Sendable {
    /// What is in the key.
    package enum Says: Equatable, Sendable {
        /// It is not there.
        case nothing
        /// `haproxy-node01 epoch 7`
        case record(String)
        /// Something that no node of this version writes.
        case foreign
    }

    package enum Result: Equatable, Sendable {
        /// - Parameters:
        ///   - within: the round trip of a linearizable read on an open connection
        ///   - cluster: the id of the etcd cluster
        case answered(Says, within: Duration, cluster: String)
        /// Why not, with the endpoint's name.
        case failed(String)
    }

    /// `http://10.0.0.1:2379`
    package var endpoint: String
    package var result: Result

    package init(_ endpoint: String, _ result: Result) {
        self.endpoint = endpoint
        self.result = result
    }
}
