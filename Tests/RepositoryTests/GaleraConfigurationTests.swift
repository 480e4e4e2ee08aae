import Testing

/// Configurations of the kinds that the field publishes, each named after its kind.
@Suite struct GaleraConfigurationTests {
    private static let files = Repository.files.filter {
        $0.hasPrefix("Tests/GaleraConfigurations/") && $0.hasSuffix(".cfg")
    }

    /// What they need and this version does not have: the words of the errors.
    private static let missing: [String: Set<String>] = [
        "kubernetes-operator-global": ["log-format", "accept-proxy"]
    ]

    @Test func `there are as many as were promised`() {
        #expect(Self.files.count >= 20)
    }

    @Test(arguments: files)
    func `it loads, or is refused for what is known to be missing`(_ path: String) throws {
        let name = String(path.split(separator: "/").last?.dropLast(4) ?? "")
        let result = Command(Repository.binary, "check", "-f", "\(Repository.root)/\(path)").run()
        let errors = result.output.split(separator: "\n").filter { $0.contains(": error: ") }
        let words = Set(
            errors.compactMap { line in
                line.firstMatch(of: #/error: '([^']+)' is not supported/#).map {
                    String($0.output.1)
                }
            }
        )
        #expect(words == Self.missing[name] ?? [], "\(errors)")
        #expect((result.status == 0) == (Self.missing[name] == nil), "\(result.output)")
        // Nothing else is wrong with those that are refused.
        #expect(errors.allSatisfy { $0.contains("is not supported") })
    }
}
