import PairControl
import Testing

@Suite struct TrackHealthTests {
    /// What is said of it after each try; `F` is a failure, `.` a success, `-` in the answer: well.
    private static func course(_ tries: String, fall: Int = 3, rise: Int = 2) -> String {
        var health = TrackHealth(fall: fall, rise: rise)
        return tries.map { letter in
            health.take(letter == "." ? nil : "\(letter)")
            return health.fault ?? "-"
        }.joined()
    }

    @Test func `the first result counts at once`() {
        #expect(TrackHealth(fall: 3, rise: 2).fault == nil)
        #expect(Self.course("F") == "F")
        #expect(Self.course(".") == "-")
    }

    @Test(arguments: [
        // Three in a row make it fail, two make it well again.
        ("..FFFF..", "----FFF-"),
        // One success between begins the count anew.
        (".FF.FF.FFF", "---------F"),
        ("F.F..F", "FFFF--"),
        // The last failure has the word.
        (".ABCD", "---CD"),
    ]) func `so many in a row change what it is taken for`(tries: String, expected: String) {
        #expect(Self.course(tries) == expected)
    }

    @Test func `with one of each every result counts`() {
        #expect(Self.course("F.F.", fall: 1, rise: 1) == "F-F-")
    }
}
