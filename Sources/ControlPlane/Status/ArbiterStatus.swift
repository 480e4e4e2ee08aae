/// What this node knows of the pair's arbiter.
package struct ArbiterStatus: Codable, Sendable, Equatable {
    /// Who is asked, by URL.
    package var members: [String]
    /// What the key said last, such as `haproxy-node01 epoch 7`; nil before the first answer, and
    /// where there is no key.
    package var record: String?
    /// Why it does not answer; nil while it does.
    package var fault: String?
    /// The virtual addresses are here by its word: the other node acknowledges nothing.
    package var confirmsHolder: Bool
    /// This node must not take them over: the other one may hold them alone.
    package var refuses: Bool

    package init(
        members: [String] = [],
        record: String? = nil,
        fault: String? = nil,
        confirmsHolder: Bool = false,
        refuses: Bool = false
    ) {
        self.members = members
        self.record = record
        self.fault = fault
        self.confirmsHolder = confirmsHolder
        self.refuses = refuses
    }

    /// One sentence of what is right or wrong with it.
    var sentence: String {
        if let fault { return "the arbiter does not answer: \(fault)" }
        if confirmsHolder { return "the arbiter confirms this holder, beat by beat" }
        guard let record else { return "the arbiter has no key of this pair" }
        return "the arbiter says: \(record)"
    }
}
