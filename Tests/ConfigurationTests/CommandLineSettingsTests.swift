import Configuration
import Testing

/// What the command line says beside the file.
@Suite struct CommandLineSettingsTests {
    private func limits(_ commandLine: CommandLineSettings) -> (global: Int?, proxies: [Int?]) {
        let text = """
            global
                maxconn 100
            listen a
                bind :1
                server s 10.0.0.1:1
            listen b
                maxconn 33
                bind :2
                server s 10.0.0.1:1
            defaults
                maxconn 0
            listen c
                bind :3
                server s 10.0.0.1:1

            """
        let file = SourceFile(name: "t.cfg", bytes: Array(text.utf8))
        let result = ConfigurationParser.parse([file], commandLine: commandLine)
        return (
            result.configuration?.global.maxConnections,
            result.configuration?.proxies.map(\.maxConnections) ?? []
        )
    }

    @Test func `-n comes before the file, -N where it says nothing`() {
        let plain = limits(CommandLineSettings())
        #expect(plain.global == 100 && plain.proxies == [nil, 33, nil])
        let both = limits(CommandLineSettings(maxConnections: 5, proxyMaxConnections: 7))
        #expect(both.global == 5 && both.proxies == [7, 33, nil])
        let none = CommandLineSettings(maxConnections: 0, proxyMaxConnections: 0)
        #expect(none == CommandLineSettings() && none.words == [])
    }

    @Test func `-S is a line with commas`() {
        let plain = MasterSocketOption.parse("/run/m.sock").socket
        #expect(plain?.address == .path("/run/m.sock"))
        #expect(plain?.mode == nil && plain?.level == .admin)
        let narrow = MasterSocketOption.parse("unix@/run/m.sock,mode,660,level,user").socket
        #expect(narrow?.address == .path("/run/m.sock"))
        #expect(narrow?.mode == 0o660 && narrow?.level == .user)
    }

    @Test(arguments: [
        ("", "found an empty word"), ("m.sock", "neither an absolute path nor"),
        ("/run/m.sock,bogus", "unknown option 'bogus'"), ("/run/m.sock,mode", "expected an octal"),
        ("/run/m.sock,mode,999", "not an octal mode"), ("127.0.0.1:0", "0"),
    ])
    func `what it cannot be has a reason`(text: String, reason: String) {
        let (socket, findings) = MasterSocketOption.parse(text)
        #expect(socket == nil)
        #expect(findings.contains { $0.severity == .error && $0.message.contains(reason) })
    }
}
