/// Why an arriving frame was not believed. The same word is the counter's name, the log field and
/// the test's expectation.
package enum FrameDropReason: String, CaseIterable, Sendable {
    /// Shorter than the shortest frame, or longer than it says.
    case malformed
    /// Not our protocol.
    case foreign
    /// Our protocol in a major version that this node does not speak.
    case version
    /// Signed with none of our keys, or changed on the way.
    case unauthentic
    /// Correctly signed, and of a kind that only later versions know.
    case unknownKind = "unknown-kind"
    /// Correctly signed, but for another pair.
    case otherPair = "other-pair"
    /// Our own frame came back.
    case reflected
    /// From a node that is not the configured peer.
    case unknownNode = "unknown-node"
    /// From a boot that has not answered our challenge yet, or never will because it is a
    /// recording.
    case unprovenBoot = "unproven-boot"
    /// From a boot whose guardian has already reported its death.
    case releasedBoot = "released-boot"
    /// A number that was heard before on this rail: a duplicate, a replay, or overtaken on the way.
    case replayed
}
