import Testing

/// Configurations of the kinds that the field publishes, each named after its kind.
@Suite struct GaleraConfigurationTests {
    private static let files = Repository.files.filter {
        $0.hasPrefix("Tests/GaleraConfigurations/") && $0.hasSuffix(".cfg")
    }

    @Test func `there are as many as were promised`() {
        #expect(Self.files.count >= 20)
    }

    @Test(arguments: files)
    func `it loads`(_ path: String) {
        let result = Command(Repository.binary, "check", "-f", "\(Repository.root)/\(path)").run()
        #expect(result.status == 0, "\(result.output)")
    }
}
