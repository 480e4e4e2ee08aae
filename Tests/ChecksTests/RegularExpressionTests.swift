import BalancerCore
import Checks
import Primitives
import Testing

@Suite struct RegularExpressionTests {
    private func finds(_ pattern: String, in text: String) throws -> Bool {
        try RegularExpression(pattern).finds(Array(text.utf8))
    }

    @Test func `it finds what PCRE finds, in bytes`() throws {
        #expect(try finds("^5\\.[0-9]+", in: "5.7.44"))
        #expect(try !finds("^5\\.[0-9]+", in: "x5.7.44"))
        #expect(try !finds("synced", in: "SYNCED"))
        #expect(try finds("(?i)synced", in: "SYNCED"))
        #expect(try finds("a.c", in: "xa\u{0}cx"))
        #expect(try finds("", in: ""))
        // Not UTF-8, and no reason to fail.
        #expect(try RegularExpression("b$").finds([0xFF, 0xFE, 98]))
    }

    @Test(arguments: [
        ("(", "missing closing parenthesis at offset 1"),
        ("*a", "quantifier does not follow a repeatable item at offset 0"),
        ("[z-a]", "range out of order in character class at offset 3"),
    ])
    func `what is no pattern is said with its place`(_ pattern: String, _ words: String) {
        do {
            _ = try RegularExpression(pattern)
            Issue.record("\(pattern) is one")
        } catch {
            #expect(error.description == words)
        }
    }

    @Test func `a pattern that would take for ever is given up`() throws {
        let text = String(repeating: "a", count: 16_000) + "b"
        let start = ContinuousClock.now
        #expect(try !finds("^(a+)+$", in: text))
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func `patterns of the same text are the same`() throws {
        #expect(try CheckPattern("a") == CheckPattern("a"))
        #expect(try CheckPattern("a") != CheckPattern("b"))
    }
}
