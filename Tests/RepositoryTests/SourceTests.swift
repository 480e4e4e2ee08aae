import Testing

@Suite struct SourceTests {
    private static let swift = Repository.files(under: "Sources", "Tests", "Fuzz", suffix: ".swift")

    @Test func `no file is longer than 500 lines`() {
        #expect(!Self.swift.isEmpty)
        // What follows the last line break is nothing, and no line.
        let long = Self.swift.filter { Repository.lines(of: $0).count > 501 }
        #expect(long.isEmpty, "split them")
    }

    @Test func `no line is longer than 100 columns`() {
        let sources = Repository.files(under: "Sources", suffix: ".swift")
        #expect(Repository.places(in: sources) { $0.count > 100 } == [])
        // What a test expects is shown as it is, however long: there only comments count here, and
        // what can be broken is the style checker's.
        let comments = Repository.places(in: Self.swift) { line in
            line.count > 100 && line.contains(#/^\s*\/\//#)
        }
        #expect(comments == [])
    }

    /// Put together here, so that this file does not hold them itself.
    private static let marks = [
        "TO" + "DO", "FIX" + "ME", "XX" + "X", "try" + "! ", "as" + "! ", ".disabled" + "(",
        "XCT" + "Skip", "fatalError(\"not " + "implemented",
    ]

    @Test func `nothing is left undone, forced or skipped`() {
        let sources = Self.swift + Repository.files(under: "Sources", suffix: ".c")
        let left = Repository.places(in: sources) { line in
            Self.marks.contains { line.contains($0) }
        }
        #expect(left == [])
    }

    @Test func `nothing is public, for there is no library to be used by others`() {
        let sources = Repository.files(under: "Sources", suffix: ".swift")
        #expect(Repository.places(in: sources) { $0.contains(#/^\s*(public|open)\s/#) } == [])
    }

    @Test func `the style checker has nothing to say`() {
        let lint = Command("make", "--no-print-directory", "-s", "-C", Repository.root, "lint")
            .run()
        #expect(lint.status == 0, "make format mends most of it\n\(lint.output)")
    }

    @Test func `no build product and no path of one machine is tracked`() {
        let machine = ["/work" + "/main", "/work" + "/shared", "/opt" + "/swift", "/tmp" + "/s-"]
        let products = Repository.files.filter {
            $0.hasPrefix(".build") || $0.hasSuffix("Package.resolved")
        }
        #expect(products == [])
        let paths = Repository.places(in: Repository.files) { line in
            machine.contains { line.contains($0) }
        }
        #expect(paths == [])
    }
}
