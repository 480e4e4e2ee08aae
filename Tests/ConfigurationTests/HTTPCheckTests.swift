import Configuration
import Testing

@Suite struct HTTPCheckKeywordTests {
    private func method(_ lines: String...) throws -> HTTPCheckMethod {
        let proxy = try load(listen() + lines.map { "    \($0)\n" }.joined()).proxies[0]
        guard case .http(let method) = proxy.checkMethod else {
            throw Failure(description: "not an HTTP check")
        }
        return method
    }

    private struct Failure: Error { let description: String }

    @Test(arguments: [
        ("option httpchk", "OPTIONS", "/", "HTTP/1.0"),
        ("option httpchk /only", "OPTIONS", "/only", "HTTP/1.0"),
        ("option httpchk GET /health", "GET", "/health", "HTTP/1.0"),
        ("option httpchk OPTIONS * HTTP/1.1", "OPTIONS", "*", "HTTP/1.1"),
    ]) func `every form of the line is read`(
        line: String,
        name: String,
        uri: String,
        version: String
    ) throws {
        let method = try method(line)
        #expect(method.method == name)
        #expect(method.uri == uri)
        #expect(method.version == version)
        #expect(method.headers.isEmpty && method.body.isEmpty && method.expectations.isEmpty)
    }

    @Test func `headers behind the version are read as they were meant`() throws {
        let line = #"option httpchk POST /x HTTP/1.1\r\nHost:\ www\r\nX-A:b\r\n\r\nbo\r\ndy"#
        let method = try method(line)
        #expect(method.version == "HTTP/1.1")
        #expect(method.headers.map(\.name) == ["Host", "X-A"])
        #expect(method.headers.map(\.value) == ["www", "b"])
        #expect(method.body == "bo\r\ndy")
        #expect(
            findings(listen(line), .note).contains(
                "t.cfg:7:28: note: headers behind the version are old: write"
                    + " 'http-check send hdr <name> <value>'"
            )
        )
        #expect(try self.method(#"option httpchk GET / HTTP/1.0\r\n"#).version == "HTTP/1.0")
    }

    @Test func `what is sent takes the place of what the option says`() throws {
        // In whatever order the lines stand.
        let method = try method(
            "http-check send meth HEAD ver HTTP/1.1 hdr Host db hdr X-A \"b c\" body hi",
            "option httpchk GET /status"
        )
        #expect(method.method == "HEAD")
        #expect(method.uri == "/status")
        #expect(method.version == "HTTP/1.1")
        #expect(method.headers.map(\.value) == ["db", "b c"])
        #expect(method.body == "hi")
    }

    @Test func `what is expected is kept in order`() throws {
        let method = try method(
            "option httpchk",
            "http-check comment synced is 200",
            "http-check expect status 200-299,404",
            "http-check expect ! string not\\ synced",
            "http-check expect !status 500",
            "http-check expect comment why string synced"
        )
        #expect(
            method.expectations.map(\.pattern) == [
                .status([200...299, 404...404]), .string("not synced"), .status([500...500]),
                .string("synced"),
            ]
        )
        #expect(method.expectations.map(\.isNegated) == [false, true, true, false])
    }

    @Test func `defaults hand rules on until a section has its own`() throws {
        let proxies = try load(
            """
            defaults
                option httpchk GET /d
                http-check send hdr Host d
                http-check expect status 204
            backend a
                server s 10.0.0.1:1
            backend b
                http-check expect string x
                server s 10.0.0.1:1
            backend c
                option httpchk GET /c
                server s 10.0.0.1:1
            backend d
                option mysql-check
                server s 10.0.0.1:1

            """
        ).proxies
        let methods = proxies.map { proxy in
            if case .http(let method) = proxy.checkMethod {
                method
            } else {
                nil as HTTPCheckMethod?
            }
        }
        #expect(methods.map { $0?.uri } == ["/d", "/d", "/c", nil])
        #expect(methods.map { $0?.headers.count } == [1, 0, 1, nil])
        #expect(
            methods.map { $0?.expectations.first?.pattern } == [
                .status([204...204]), .string("x"), .status([204...204]), nil,
            ]
        )
    }

    @Test(arguments: [
        ("option httpchk GET", "GET"),
        ("option httpchk GET / HTTP/2.0", nil),
    ]) func `a version that nobody speaks here is located`(line: String, uri: String?) throws {
        guard let uri else {
            #expect(
                try onlyError(listen(line))
                    == "t.cfg:7:26: error: 'HTTP/2.0' is not a version that checks speak: expected"
                    + " HTTP/1.0 or HTTP/1.1; did you mean 'HTTP/1.0'?"
            )
            return
        }
        // As HAProxy: one word is the URI.
        #expect(try method(line).uri == uri)
    }

    @Test(arguments: [
        (
            "send foo",
            "7:21: error: unknown part of a request 'foo' (meth, uri, ver, hdr, body, comment)"
        ),
        (
            "send meth",
            "7:25: error: expected a method; usage: http-check send [meth <method>] [uri <uri>] [ver <version>] [hdr <name> <value>]... [body <text>]"
        ),
        ("send meth G(T", "7:26: error: 'G(T' is not a method"),
        ("send uri \"/a b\"", "7:25: error: a URI must not hold spaces or line ends"),
        ("send hdr Ho:st x", "7:25: error: 'Ho:st' is not a header name"),
        ("send hdr Host \"a\\nb\"", "7:30: error: a header must not hold line ends"),
        (
            "expect",
            "7:22: error: expected 'status', 'string', 'rstatus' or 'rstring'; usage: http-check"
                + " expect [!] {status <codes> | string <text> | rstatus <regex> | rstring <regex>}"
        ),
        (
            "expect statsu 200",
            "7:23: error: unknown 'http-check expect statsu'; usage: http-check expect [!]"
                + " {status <codes> | string <text> | rstatus <regex> | rstring <regex>}; did you"
                + " mean 'status'?"
        ),
        (
            "expect status 20x",
            "7:30: error: '20x' is neither a status nor a range of them: expected a list such as 200-299,404"
        ),
        (
            "expect status 300-200",
            "7:30: error: '300-200' is neither a status nor a range of them: expected a list such as 200-299,404"
        ),
        (
            "expect status 200,",
            "7:30: error: '' is neither a status nor a range of them: expected a list such as 200-299,404"
        ),
        (
            "expect status 200 201",
            "7:34: error: unexpected '201'; usage: http-check expect [!]"
                + " {status <codes> | string <text> | rstatus <regex> | rstring <regex>}"
        ),
        (
            "expect rstatuss ^2",
            "7:23: error: unknown 'http-check expect rstatuss'; usage: http-check expect [!]"
                + " {status <codes> | string <text> | rstatus <regex> | rstring <regex>}; did you"
                + " mean 'rstatus'?"
        ),
        (
            "disable-on-404",
            "7:16: error: 'http-check disable-on-404' is not supported by this version: use 'http-check send' and 'http-check expect'"
        ),
        ("sned", "7:16: error: unknown http-check 'sned'; did you mean 'send'?"),
    ]) func `a mistake in a rule is located`(line: String, error: String) throws {
        #expect(try onlyError(listen("http-check \(line)", "option httpchk")) == "t.cfg:\(error)")
    }

    @Test func `rules without the option, and a check that meets the database, are told`() {
        #expect(
            findings(listen("http-check expect status 200"), .warning) == [
                "t.cfg:7:16: warning: 'http-check' is ignored: there is no 'option httpchk'"
            ]
        )
        #expect(
            findings(listen("option httpchk", "http-check send hdr Connection close"), .note) == [
                "t.cfg:7:12: note: the HTTP check of server 's1' goes to port 3306, where sessions"
                    + " go: an agent such as clustercheck answers elsewhere, write 'port 9200'",
                "t.cfg:8:36: note: 'Connection' has no effect here: the check sets it itself",
            ]
        )
    }

    @Test func `a second request is refused`() throws {
        #expect(
            try onlyError(listen("option httpchk", "http-check send", "http-check send uri /b"))
                == "t.cfg:9:16: error: a check makes one request: a second 'http-check send' is not"
                + " supported"
        )
    }
}
