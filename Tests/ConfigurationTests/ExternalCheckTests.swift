import Configuration
import Testing

@Suite struct ExternalCheckKeywordTests {
    private func text(_ global: String, _ lines: String...) -> String {
        "global\n    \(global)\n" + listen() + lines.map { "    \($0)\n" }.joined()
    }

    @Test func `the program and its path are read`() throws {
        let lines = text(
            "external-check",
            "option external-check",
            "external-check command /usr/bin/check",
            "external-check path /bin:/sbin"
        )
        guard case .external(let method) = try load(lines).proxies[0].checkMethod else {
            Issue.record("another check")
            return
        }
        #expect(method.command == "/usr/bin/check" && method.searchPath == "/bin:/sbin")
    }

    @Test func `what it needs and does not have is an error`() {
        #expect(
            findings(text("maxconn 9", "option external-check"), .error) == [
                "t.cfg:9:12: error: 'option external-check' needs the line 'external-check' in"
                    + " 'global'",
                "t.cfg:9:12: error: listen 'db' has no 'external-check command' line",
            ]
        )
        #expect(
            findings(
                text("external-check", "option external-check", "external-check command check"),
                .error
            ) == [
                "t.cfg:10:28: error: 'check' is not an absolute path: it must begin with '/'"
            ]
        )
    }
}
