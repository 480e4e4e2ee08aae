/// Pages of a stick table that the other node is to be told of: a bit each. A page that changes
/// again before its turn costs nothing, and each one has its turn in a circle.
struct DuePages: Sendable {
    private var words: [UInt64] = []
    private var cursor = 0
    private(set) var count = 0

    mutating func mark(_ page: Int) {
        let word = page >> 6
        while words.count <= word { words.append(0) }
        let bit = UInt64(1) << UInt64(page & 63)
        guard words[word] & bit == 0 else { return }
        words[word] |= bit
        count += 1
    }

    /// The next one, which is not due any more.
    mutating func take() -> Int? {
        guard count > 0 else { return nil }
        var word = cursor >> 6
        var mask = UInt64.max << UInt64(cursor & 63)
        if word >= words.count { (word, mask) = (0, .max) }
        while words[word] & mask == 0 {
            word = word + 1 < words.count ? word + 1 : 0
            mask = .max
        }
        let bit = (words[word] & mask).trailingZeroBitCount
        words[word] &= ~(UInt64(1) << UInt64(bit))
        count -= 1
        cursor = (word << 6) + bit + 1
        return cursor - 1
    }
}
