import Testing

@Suite struct DocumentTests {
    private static let documents = Repository.files.filter { $0.hasSuffix(".md") }

    @Test func `the README is a first page, not a book, and has no figure left open`() {
        let lines = Repository.lines(of: "README.md")
        #expect(lines.count <= 151)
        let open = lines.filter { $0.contains("@" + "@") }
        #expect(open.isEmpty, "a measured figure is missing: \(open)")
        for command in ["make demo", "make test"] {
            #expect(lines.contains { $0.contains(command) }, "\(command) is not shown")
        }
    }

    @Test func `a link to a file of this repository finds it`() {
        #expect(!Self.documents.isEmpty)
        for path in Self.documents {
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            for line in Repository.lines(of: path) {
                for match in line.matches(of: #/\]\(([^)#:]+)(?:#[^)]*)?\)/#) {
                    let target = "\(Repository.root)/\(folder)/\(match.output.1)"
                    let found = Command("test", "-e", target).run().status == 0
                    #expect(found, "\(path) links to \(match.output.1)")
                }
            }
        }
    }

    @Test func `every command of the program is in its manual page`() {
        let page = Repository.lines(of: "deploy/man/ha-balancer.8")
        let help = Command(Repository.binary, "--help").run()
        let commands = help.output.split(separator: "\n")
            .drop { !$0.hasPrefix("SUBCOMMANDS:") }.dropFirst()
            .compactMap { $0.firstMatch(of: #/^ {2}([a-z]+)\s/#)?.output.1 }
        #expect(commands.count >= 7, "\(help.output)")
        for command in commands {
            #expect(page.contains { $0.hasPrefix(".It Cm \(command)") }, "\(command)")
        }
    }
}
