import Configuration
import Testing

@Suite struct StickKeywordTests {
    private func stick(_ lines: String...) throws -> StickSettings? {
        try load(listen() + lines.map { "    \($0)\n" }.joined()).proxies[0].stick
    }

    @Test func `the table and its line together make sessions stick`() throws {
        let source = try #require(
            try stick("stick-table type ip size 200k expire 30m nopurge", "stick on src")
        )
        #expect(source.key == .source && source.size == 204_800 && !source.purges)
        #expect(source.expiry == .seconds(1800) && source.matches && source.stores)
        // In the order of puppet-tripleo.
        let writer = try #require(try stick("stick on dst", "stick-table type ip size 1000"))
        #expect(writer.key == .destination && writer.size == 1000 && writer.purges)
        #expect(writer.expiry == nil && writer.matches && writer.stores)
    }

    @Test func `matching and storing may be said apart`() throws {
        let table = "stick-table type ip size 5"
        let store = try #require(try stick(table, "stick store-request src"))
        #expect(!store.matches && store.stores)
        let both = try stick(table, "stick match src", "stick store-request src")
        #expect(both?.matches == true && both?.stores == true)
        #expect(try stick(table) == nil)
    }

    @Test func `what only matters between HAProxies is told`() throws {
        let text =
            "peers p\n    peer a 10.0.0.1:1024\n"
            + listen("stick-table type ip size 1k peers p store gpc0", "stick on src")
        #expect(
            findings(text, .note) == [
                "t.cfg:1:1: note: section 'peers' has no effect here: the nodes of a 'pair' know"
                    + " each other",
                "t.cfg:9:33: warning: 'peers' has no effect without a 'pair' section: the table"
                    + " stays on this host",
                "t.cfg:9:41: note: 'store' has no effect here: the table holds servers only",
            ]
        )
    }

    @Test func `in a pair the table is told to the other node, with 'peers' and without`() throws {
        let text = listen("stick-table type ip size 1k peers p", "stick on src")
        let told = [
            "t.cfg:7:33: note: 'peers' has no effect here: in a pair every stick table is told to"
                + " the other node"
        ]
        // Wherever the pair stands.
        #expect(findings(text + pair(), .note) == told)
        #expect(
            findings(pair() + text, .note)
                == told.map { $0.replacing("t.cfg:7", with: "t.cfg:12") }
        )
    }

    @Test(arguments: [
        (
            "stick on src",
            "7:11: error: listen 'db' has no 'stick-table': write 'stick-table type ip"
                + " size 1000'"
        ),
        ("stick on url", "7:14: error: unknown key 'url' (src, dst)"),
        (
            "stick on src table other",
            "7:18: error: 'table' is not supported by this version: a"
                + " 'stick' line is for the table of its own section and without a condition"
        ),
        (
            "stick-table type string size 5",
            "7:22: error: a stick table of type 'string' is not"
                + " supported: sessions are told apart by addresses only, write 'type ip'; did you"
                + " mean 'ip'?"
        ),
        (
            "stick-table type ip",
            "7:24: error: expected 'size'; usage: stick-table type ip size"
                + " <size> [expire <time>] [nopurge] [peers <name>] [store <data>]"
        ),
        (
            "stick-table type ip size 0",
            "7:30: error: '0' is out of range: expected a size (1 to"
                + " 16777216)"
        ),
        (
            "stick-table type ip size 17m",
            "7:30: error: '17m' is out of range: expected a size (1 to"
                + " 16777216)"
        ),
        (
            "stick-table type ip sise 5",
            "7:25: error: unknown option 'sise' of 'stick-table'; usage:"
                + " stick-table type ip size <size> [expire <time>] [nopurge] [peers <name>] [store"
                + " <data>]; did you mean 'size'?"
        ),
    ]) func `a mistake is located`(line: String, error: String) throws {
        #expect(try onlyError(listen(line)) == "t.cfg:\(error)")
    }

    @Test func `a second key is refused`() throws {
        let table = "stick-table type ip size 5"
        #expect(
            try onlyError(listen(table, "stick on src", "stick on dst"))
                == "t.cfg:9:14: error: a second key is not supported by this version: sessions"
                + " stick by 'src' already"
        )
    }
}
