/// Finds the known word that was probably meant.
package enum Spelling {
    /// The candidate nearest to `word` by Damerau-Levenshtein distance (restricted form: insert,
    /// delete, replace, swap of neighbours), or `nil` if none is near: about one slip per three
    /// characters is allowed, at most three. Of equally near ones the first wins.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String?
    {
        let wanted = Array(word.utf8.prefix(64))
        guard wanted.count >= 2 else { return nil }
        var limit = min(3, max(1, wanted.count / 3))
        var best: String?
        for candidate in candidates {
            let other = Array(candidate.utf8)
            guard abs(other.count - wanted.count) <= limit else { continue }
            let distance = distance(wanted, other)
            if distance <= limit {
                best = candidate
                limit = distance - 1
                if limit < 0 { break }
            }
        }
        return best
    }

    /// The number of slips between two words.
    package static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for column in 0..<right.count {
                let same = left[row] == right[column]
                var cost = min(
                    last[column] + (same ? 0 : 1),
                    last[column + 1] + 1,
                    current[column] + 1
                )
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
