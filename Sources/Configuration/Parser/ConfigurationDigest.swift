internal import Primitives

/// What `BalancerConfiguration.digest` is made of: the words, and where lines end.
struct ConfigurationDigest {
    private var hash = FNV1a()

    var value: UInt64 { hash.value }

    /// Lines about the node's own files: two nodes that differ in these alone run the same
    /// configuration.
    private static let local = [
        ["state-dir"], ["pidfile"], ["secret-file"], ["stats", "socket"], ["server-state-file"],
        ["server-state-base"],
    ]

    /// Takes in one line. NUL ends a word and 0xFF a line: neither can be part of a word.
    mutating func add(_ words: [Word]) {
        guard !Self.local.contains(where: { words.map(\.text).starts(with: $0) }) else { return }
        for word in words {
            hash.combine(word.text.utf8)
            hash.combine(CollectionOfOne(0))
        }
        hash.combine(CollectionOfOne(0xFF))
    }
}
