import Configuration
import Primitives
import Testing

/// The words of a line are seen through `description`, which joins them with single blanks.
private func described(_ text: String, environment: [String: String] = [:]) throws -> String? {
    try load("global\n    description \(text)\n", environment: environment).global.description
}

@Suite struct LexerTests {
    @Test(arguments: [
        (#"a b"#, "a b"),
        ("a  \t b", "a b"),
        (#"a\ b"#, "a b"),
        (##"a\#b"##, "a#b"),
        (#"a\\b"#, #"a\b"#),
        (#"a\"b"#, #"a"b"#),
        (#"a\'b"#, "a'b"),
        (#"a\nb\rc\td"#, "a\nb\rc\td"),
        (#"\x41\x62\x6a"#, "Abj"),
        (#"\xc3\xa9"#, "é"),
        (#"a\qb\1"#, #"a\qb\1"#),
        (#"a\"#, #"a\"#),
        (#""a   b""#, "a   b"),
        (##""a\"b\#c\x41""##, ##"a"b#cA"##),
        (#""it's""#, "it's"),
        (#"'say "x"'"#, #"say "x""#),
        (#"'a\nb $HOME #c'"#, #"a\nb $HOME #c"#),
        (#"x"y z"w"#, "xy zw"),
        (#"x'y'"z""#, "xyz"),
        ("a#b", "a"),
        ("a # comment 'with \"quotes", "a"),
        (#""a#b" c"#, "a#b c"),
        ("grün ünd", "grün ünd"),
    ]) func `quotes, escapes and comments are those of HAProxy`(text: String, result: String) throws
    {
        #expect(try described(text) == result)
    }

    @Test(arguments: [
        (#""$NAME""#, "db"),
        (#""${NAME}1""#, "db1"),
        (#""${NAME-other}""#, "db"),
        (#""${NONE-a b}""#, "a b"),
        (#""x$NONE""#, "x"),
        (#""$NAME-1""#, "db-1"),
        (#""${NONE-a\"b$NAME}""#, #"a\"b$NAME"#),
        (#""\$NAME""#, "$NAME"),
        (#"\$NAME"#, #"\$NAME"#),
        (#""${NAME[*]}""#, "db"),
        (#"x"${LIST[*]}"y"#, "xone twoy"),
        ("$NAME", "$NAME"),
        ("'$NAME'", "$NAME"),
        (#""${LIST[*]}""#, "one two"),
        (#""${HASH}""#, "a # b"),
    ]) func `environment variables expand inside weak quotes only`(
        text: String,
        result: String
    ) throws {
        let environment = ["NAME": "db", "LIST": "one  two", "HASH": "a # b"]
        #expect(try described(text, environment: environment) == result)
    }

    @Test func `an expanded variable is one word, unless it is asked to be split`() throws {
        let environment = ["OPTIONS": "weight 7"]
        let error = try onlyError(
            listen(#"server s2 10.0.0.2:3306 "$OPTIONS""#),
            environment: environment
        )
        #expect(
            error
                == "t.cfg:7:29: error: unknown option 'weight 7' of 'server'; did you mean 'weight'?"
        )
        let split = try load(
            listen(#"server s2 10.0.0.2:3306 "${OPTIONS[*]}""#),
            environment: environment
        )
        #expect(split.proxies[0].servers[1].options.weight == 7)
    }

    @Test func `an unset variable leaves an option out, and is told where a value is needed`()
        throws
    {
        let text = listen(#"server s2 10.0.0.2:3306 "$OPTIONS" backup"#)
        #expect(try load(text).proxies[0].servers[1].options.isBackup)
        #expect(
            try onlyError("global\n maxconn \"$LIMIT\"\n")
                == "t.cfg:2:10: error: expected a number (0 to 10000000), found an empty word: is an"
                + " environment variable unset?"
        )
    }

    @Test(arguments: [
        (#" node a"b"#, "2:8: error: this quote is never closed"),
        (#" node 'ab\'"#, nil),
        (#" node 'ab"#, "2:7: error: this quote is never closed"),
        (#" node \x4"#, #"2:7: error: expected two hexadecimal digits after '\x'"#),
        (#" node é\xZZ"#, #"2:8: error: expected two hexadecimal digits after '\x'"#),
        (#" node a\x00"#, "2:7: error: the escapes of this word make NUL or invalid UTF-8"),
        (#" node \xff"#, "2:7: error: the escapes of this word make NUL or invalid UTF-8"),
        (#" node "$1""#, "2:8: error: expected the name of an environment variable after '$'"),
        (#" node "${}""#, "2:8: error: expected the name of an environment variable after '$'"),
        (#" node "a$""#, "2:9: error: expected the name of an environment variable after '$'"),
        (#" node "${A""#, "2:8: error: expected '}' after the environment variable's name"),
        (#" node "${A-b""#, "2:8: error: expected '}' after the environment variable's name"),
        (" node a\rb", "2:8: error: carriage return inside a line"),
        (" node a\0b", "2:8: error: NUL byte inside a line"),
    ]) func `what cannot be read is located`(line: String, error: String?) throws {
        if let error {
            #expect(try onlyError("global\n\(line)\n") == "t.cfg:\(error)")
        } else {
            #expect(findings("global\n\(line)\n").first?.contains("is not a node name") == true)
        }
    }

    @Test func `invalid UTF-8 is located by character`() throws {
        // " é" and then a lone continuation byte.
        let bytes = Array("global\n é".utf8) + [0x80, 0x0A]
        let result = ConfigurationParser.parse([SourceFile(name: "t.cfg", bytes: bytes)])
        #expect(result.diagnostics.map(\.description) == ["t.cfg:2:3: error: invalid UTF-8"])
    }

    @Test func `a line of 64 words is read and one of 65 is refused`() throws {
        let words = Array(repeating: "w", count: 63).joined(separator: " ")
        #expect(try described(words) == words)
        // "description" begins in column 5 and is 11 long; each word takes 2.
        let column = 17 + 63 * 2
        #expect(
            try onlyError("global\n    description \(words) w\n")
                == "t.cfg:2:\(column): error: more than 64 words in one line"
        )
    }

    @Test func `a line that is too long is refused, before and after expansion`() throws {
        let limit = ConfigurationLimits.lineBytes
        let prefix = "    description "
        let fits = String(repeating: "x", count: limit - prefix.utf8.count)
        #expect(try described(fits) == fits)
        #expect(
            try onlyError("global\n\(prefix)\(fits)x\n")
                == "t.cfg:2:1: error: the line is longer than \(limit) bytes"
        )
        #expect(
            try onlyError("global\n\(prefix)\"$BIG\"\n", environment: ["BIG": fits])
                == "t.cfg:2:18: error: the line is longer than \(limit) bytes once this is expanded"
        )
    }

    @Test func `a file that is too large is refused unread`() throws {
        let bytes = [UInt8](repeating: 0x0A, count: ConfigurationLimits.fileBytes + 1)
        let result = ConfigurationParser.parse([SourceFile(name: "big.cfg", bytes: bytes)])
        #expect(result.configuration == nil)
        #expect(
            result.diagnostics.map(\.description) == [
                "big.cfg:1:1: error: the file is larger than 16777216 bytes"
            ]
        )
    }

    @Test func `line ends of Windows and a byte order mark do not matter`() throws {
        let unix = try load(seed)
        let windows = try load(
            "\u{FEFF}"
                + seed.split(separator: "\n", omittingEmptySubsequences: false)
                .joined(separator: "\r\n")
        )
        #expect(unix == windows)
    }

    @Test func `a last line without line feed is a warning, as the file may be cut off`() throws {
        #expect(
            findings("global\n    maxconn 10", .warning) == [
                "t.cfg:2:1: warning: the last line has no line feed: the file might have been"
                    + " truncated"
            ]
        )
        #expect(try load("global\n    maxconn 10").global.maxConnections == 10)
    }
}
