import Configuration
import Testing

/// Parses one file named `t.cfg`.
func parse(_ text: String, environment: [String: String] = [:]) -> ParseResult {
    ConfigurationParser.parse(
        [SourceFile(name: "t.cfg", bytes: Array(text.utf8))],
        environment: environment
    )
}

/// The configuration of a text that must load.
func load(
    _ text: String,
    environment: [String: String] = [:],
    sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws -> BalancerConfiguration {
    let result = parse(text, environment: environment)
    return try #require(
        result.configuration,
        "\(result.diagnostics.map(\.description))",
        sourceLocation: sourceLocation
    )
}

/// What is printed for a text, one line per finding of at least `severity`.
func findings(
    _ text: String,
    _ severity: Diagnostic.Severity = .error,
    environment: [String: String] = [:]
) -> [String] {
    parse(text, environment: environment).diagnostics
        .filter { $0.severity >= severity }
        .map(\.description)
}

/// The only error of a text.
func onlyError(
    _ text: String,
    environment: [String: String] = [:],
    sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws -> String {
    let result = parse(text, environment: environment)
    #expect(result.configuration == nil, sourceLocation: sourceLocation)
    let errors = result.diagnostics.filter { $0.severity == .error }.map(\.description)
    try #require(errors.count == 1, "\(errors)", sourceLocation: sourceLocation)
    return errors[0]
}

/// A `listen` with all that it needs, and `lines` in it.
func listen(_ lines: String...) -> String {
    """
    listen db
        bind 10.0.0.100:3306
        timeout connect 5s
        timeout client 1h
        timeout server 1h
        server s1 10.0.0.1:3306 check

    """ + lines.map { "    \($0)\n" }.joined()
}

/// A `pair` with all that it needs, in place of its line `original` the line `replacement`.
func pair(replacing original: String = "", with replacement: String = "") -> String {
    let text = """
        pair galera-vip
            node haproxy-node01 10.0.0.10 priority 150
            node haproxy-node02 10.0.0.11 priority 100
            virtual-ip 10.0.0.100 dev eth1
            secret-file /etc/ha-balancer/pair.key

        """
    guard !original.isEmpty else { return text }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.flatMap { line -> [String] in
        guard line.contains(original) else { return [String(line)] }
        return replacement.isEmpty ? [] : ["    \(replacement)"]
    }.joined(separator: "\n")
}
