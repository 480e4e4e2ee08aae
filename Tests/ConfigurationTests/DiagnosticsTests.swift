import Configuration
import Testing

/// Ten mistakes of ten kinds; a comment beside each.
private let tenMistakes = """
    global
        maxcon 1024                             # 1: misspelt
        nbthread 0                              # 2: out of range
    defaults
        mode tcp
        timeout client 2.5s                     # 3: decimals
        timeout srever 5s                       # 4: misspelt second word
        timeout connect                         # 5: nothing there
    listen db
        bind *:33060000                         # 6: no such port
        balance leastcon                        # 7: unknown algorithm
        option mysql-check usr haproxy          # 8: not the word expected
        server a 10.0.0.1:3306 check inter 5x weight 257        # 9, 10: both on one line

    """

@Suite struct DiagnosticsTests {
    @Test func `ten mistakes give ten located messages`() {
        let result = parse(tenMistakes)
        #expect(result.configuration == nil)
        #expect(
            result.diagnostics.filter { $0.severity == .error }.map(\.description) == [
                "t.cfg:2:5: error: unknown keyword 'maxcon' in section 'global'; did you mean"
                    + " 'maxconn'?",
                "t.cfg:3:14: error: '0' is out of range: expected a number (1 to 64)",
                "t.cfg:6:20: error: '2.5s' has decimals: write a whole number of a smaller unit:"
                    + " expected a time such as 500ms, 5s or 1m",
                "t.cfg:7:13: error: unknown timeout 'srever'; did you mean 'server'?",
                "t.cfg:8:20: error: expected a time such as 500ms, 5s or 1m; usage: timeout connect"
                    + " <time>",
                "t.cfg:10:10: error: invalid port '33060000' in '*:33060000': expected 1 to 65535",
                "t.cfg:11:13: error: unknown algorithm 'leastcon';"
                    + " did you mean 'leastconn'?",
                "t.cfg:12:24: error: expected 'user', found 'usr'; usage: option mysql-check [user"
                    + " <name> [pre-41|post-41|post-80]]; did you mean 'user'?",
                "t.cfg:13:40: error: unknown unit 'x' (us, ms, s, m, h or d): expected a time such as"
                    + " 500ms, 5s or 1m",
                "t.cfg:13:50: error: '257' is out of range: expected a weight (0 to 256)",
            ]
        )
    }

    @Test func `a line with a mistake is not missing as well`() {
        let text = """
            defaults
                timeout conect 5s
            listen db
                bind *:99999
                sever a 10.0.0.1:3306
            frontend f
                bnd *:3307
                default_backend
            pair p
                node a 10.0.0.300 priority 1
                nod b 10.0.0.11 priority 1
                virtual-ip 10.0.0.100/24 dev eth1
                secret-file

            """
        let result = parse(text)
        #expect(result.diagnostics.map(\.location.line) == [2, 4, 5, 7, 8, 10, 11, 12, 13])
        #expect(result.diagnostics.allSatisfy { $0.severity == .error })
    }

    @Test func `the renderer shows the line and puts a caret under the word`() {
        let text = "global\n\tmaxcon 10\n"
        let files = [SourceFile(name: "t.cfg", bytes: Array(text.utf8))]
        let rendered = DiagnosticRenderer(files).render(
            ConfigurationParser.parse(files).diagnostics
        )
        #expect(
            rendered == """
                t.cfg:2:2: error: unknown keyword 'maxcon' in section 'global'; did you mean 'maxconn'?
                    \tmaxcon 10
                    \t^

                """
        )
    }

    @Test func `the renderer shows the part of a long line that matters`() {
        let text = "global\n log-tag " + String(repeating: "é", count: 500) + " extra\n"
        let files = [SourceFile(name: "t.cfg", bytes: Array(text.utf8))]
        let lines = DiagnosticRenderer(files).render(ConfigurationParser.parse(files).diagnostics)
            .split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[1].count < 110)
        let caret = lines[2].count - 1
        #expect(lines[1].dropFirst(caret).hasPrefix("extra"))
    }

    @Test func `control characters do not reach the terminal`() {
        let text = "global\n \u{1B}[31mred\u{7F}\u{9B} 1\n"
        let files = [SourceFile(name: "t\u{1B}.cfg", bytes: Array(text.utf8))]
        let rendered = DiagnosticRenderer(files).render(
            ConfigurationParser.parse(files).diagnostics
        )
        #expect(rendered.contains("[31mred"))
        #expect(!rendered.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        #expect(!rendered.unicodeScalars.contains { (0x7F...0x9F).contains($0.value) })
    }

    @Test func `beyond the limit only the gravest are printed and the others counted`() {
        let notes = String(repeating: "    chroot /x\n", count: 150)
        let text = "global\n\(notes)    maxcon 1\n"
        let files = [SourceFile(name: "t.cfg", bytes: Array(text.utf8))]
        let diagnostics = ConfigurationParser.parse(files).diagnostics
        #expect(diagnostics.count == 151)
        let rendered = DiagnosticRenderer(files).render(diagnostics)
        #expect(rendered.contains("t.cfg:152:5: error: unknown keyword 'maxcon'"))
        #expect(rendered.split(separator: "\n").count == 3 * 100 + 1)
        #expect(rendered.hasSuffix("and 51 more\n"))
        #expect(DiagnosticRenderer(files).render(diagnostics, limit: 1).contains("maxcon"))
    }

    @Test func `the number of findings that are kept is bounded`() {
        let text = "global\n" + String(repeating: " x\n", count: 20_000)
        let result = parse(text)
        #expect(result.configuration == nil)
        #expect(result.diagnostics.count == ConfigurationLimits.diagnosticsKept)
        let notes = "global\n" + String(repeating: " chroot /x\n", count: 12_000) + " x\n"
        let kept = parse(notes).diagnostics
        #expect(kept.count == ConfigurationLimits.diagnosticsKept + 1)
        #expect(kept.last?.severity == .error)
    }

    @Test func `findings of several files come in the order of the files`() {
        let files = [
            SourceFile(name: "b.cfg", bytes: Array("global\n x1\n".utf8)),
            SourceFile(name: "a.cfg", bytes: Array("maxconn 5\nglobal\n x2\n".utf8)),
        ]
        #expect(
            ConfigurationParser.parse(files).diagnostics.map(\.location.description) == [
                "b.cfg:2:2", "a.cfg:1:1", "a.cfg:3:2",
            ]
        )
    }

    @Test(arguments: [
        ("maxcon", "maxconn"), ("maxcnon", "maxconn"), ("nbthreads", "nbthread"),
        ("stat-dir", "state-dir"), ("pidfiel", "pidfile"), ("gruop", "group"),
        ("zzzzzz", nil), ("m", nil), ("mexican", nil),
    ]) func `the nearest word is proposed only when it is near`(word: String, hint: String?) {
        let diagnostics = parse("global\n    \(word) 1\n").diagnostics
        #expect(diagnostics.map(\.suggestion) == [hint])
    }

    @Test func `a misspelt section does not blame its lines on the section before`() {
        let text = "global\n    maxconn 5\nlitsen db\n    bind :3306\n    balance roundrobin\n"
        #expect(
            findings(text) == [
                "t.cfg:3:1: error: unknown section 'litsen': expected global, defaults, listen,"
                    + " frontend, backend, pair; did you mean 'listen'?"
            ]
        )
        let strange = "global\n    maxconn 5\nzone x\n    some 1\n    thing 2\nglobal\n    foo 1\n"
        #expect(
            parse(strange).diagnostics.map(\.location.description) == ["t.cfg:3:1", "t.cfg:7:5"]
        )
    }

    @Test func `sections of HAProxy that are not there yet are named, their lines passed over`()
        throws
    {
        let text = "mailers m\n    mailer a 10.0.0.1:25\n    timeout mail 1s\n" + listen()
        #expect(
            try onlyError(text)
                == "t.cfg:1:1: error: section 'mailers' is not supported by this version"
        )
    }

    @Test func `conditional blocks are refused where they stand`() {
        let text = ".if defined(A)\n" + listen("  .endif")
        #expect(
            findings(text) == [
                "t.cfg:1:1: error: '.if' is not supported by this version: there are no conditions",
                "t.cfg:8:7: error: '.endif' is not supported by this version: there are no conditions",
            ]
        )
    }

    @Test func `an empty configuration says that nothing listens`() throws {
        #expect(try load("").proxies.isEmpty)
        #expect(findings("", .note) == [])
        #expect(
            findings(
                "backend b\n    server a 10.0.0.1:1\n    timeout connect 1\n    timeout server 1h\n",
                .warning
            ) == ["t.cfg:1:1: warning: nothing listens: no 'bind' line is in use"]
        )
    }
}
