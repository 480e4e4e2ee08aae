internal import Primitives

/// What `BalancerConfiguration.digest` is made of: the words, and where lines end.
struct ConfigurationDigest {
    private var hash = FNV1a()

    var value: UInt64 { hash.value }

    /// Takes in one line. NUL ends a word and 0xFF a line: neither can be part of a word.
    mutating func add(_ words: [Word]) {
        for word in words {
            hash.combine(word.text.utf8)
            hash.combine(CollectionOfOne(0))
        }
        hash.combine(CollectionOfOne(0xFF))
    }
}
