import Heart
import Testing

@Suite struct PairKeysTests {
    private static let key = "0123456789abcdef"

    private func keys(_ text: String) throws -> PairKeys { try PairKeys(file: Array(text.utf8)) }

    private func failure(_ text: String) -> PairKeys.Failure? {
        do {
            _ = try PairKeys(file: Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    private static func bytes(hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count, by: 2).compactMap { index in
            UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16)
        }
    }

    /// RFC 4231 §4.4, §4.7 and §4.8: those whose keys can be a line of a file.
    @Test(arguments: [
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            Array(
                """
                This is a test using a larger than block-size key and a larger than block-size \
                data. The key needs to be hashed before being used by the HMAC algorithm.
                """.utf8
            ),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ])
    func `a tag is HMAC-SHA256 of the bytes`(
        _ key: [UInt8],
        _ data: [UInt8],
        _ tag: String
    ) throws {
        let keys = try PairKeys(file: key)
        let expected = Self.bytes(hex: tag)
        #expect(keys.tag(for: data) == expected)
        #expect(keys.isValid(expected[...], for: data[...]))
    }

    @Test func `a tag for other bytes, of another length or of no byte is not believed`() throws {
        let keys = try keys(Self.key)
        let data: [UInt8] = [1, 2, 3]
        let tag = keys.tag(for: data)
        #expect(keys.isValid(tag[...], for: data[...]))
        #expect(!keys.isValid(tag[...], for: [1, 2, 4]))
        #expect(!keys.isValid(tag.dropLast(), for: data[...]))
        #expect(!keys.isValid([], for: data[...]))
        #expect(!keys.isValid((tag + [0])[...], for: data[...]))
        for bit in 0..<tag.count * 8 {
            var wrong = tag
            wrong[bit / 8] ^= 1 << (bit % 8)
            #expect(!keys.isValid(wrong[...], for: data[...]))
        }
    }

    @Test func `the first key signs and all of them are believed`() throws {
        let old = try keys("old-\(Self.key)")
        let rolling = try keys("new-\(Self.key)\nold-\(Self.key)\n")
        let new = try keys("new-\(Self.key)")
        let data: [UInt8] = [7]
        #expect(rolling.tag(for: data) == new.tag(for: data))
        #expect(rolling.isValid(old.tag(for: data)[...], for: data[...]))
        #expect(!old.isValid(new.tag(for: data)[...], for: data[...]))
        #expect(rolling != new)
        #expect(rolling != old)
    }

    @Test func `comments, empty lines and white space around a key do not count`() throws {
        let text = "# made on Tuesday\r\n\r\n  \t\(Self.key) \r\n   # another\n\n"
        #expect(try keys(text) == keys(Self.key))
        #expect(try keys("\(Self.key) with blanks") != keys(Self.key))
    }

    @Test func `bytes that are no text are told apart`() throws {
        let first = try PairKeys(file: [UInt8](repeating: 0xFE, count: 32))
        let second = try PairKeys(file: [UInt8](repeating: 0xFF, count: 32))
        #expect(first != second)
        #expect(first.tag(for: [1]) != second.tag(for: [1]))
    }

    @Test(arguments: ["", "\n\n", "# only a comment\n", " \t \n"])
    func `a file without a key is told what to do`(text: String) throws {
        let refusal = try #require(failure(text))
        #expect(refusal == .empty)
        #expect("\(refusal)".contains("head -c 32 /dev/urandom | base64"))
    }

    @Test func `a key that is too short or too long is named by its line`() {
        #expect(failure("# one\n\(Self.key)\n   \n0123456789abcde\n") == .tooShort(line: 4))
        #expect(
            "\(PairKeys.Failure.tooShort(line: 4))" == "line 4: a key has at least 16 characters"
        )
        let long = String(repeating: "k", count: 1025)
        #expect(failure("\(Self.key)\n\(long)") == .tooLong(line: 2))
        #expect(
            "\(PairKeys.Failure.tooLong(line: 2))" == "line 2: a key has at most 1024 characters"
        )
        #expect(failure(String(long.dropLast())) == nil)
    }

    @Test func `more than four keys are refused`() throws {
        let four = (1...4).map { "\(Self.key)\($0)" }.joined(separator: "\n")
        #expect(failure(four) == nil)
        #expect(failure(four + "\n\(Self.key)5") == .tooMany)
        #expect("\(PairKeys.Failure.tooMany)" == "holds more than 4 keys: remove the old ones")
    }
}
