import Configuration
import Testing

/// The configuration of a text that must load.
func configuration(
    _ text: String,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws -> BalancerConfiguration {
    let file = SourceFile(name: "t.cfg", bytes: Array(text.utf8))
    let result = ConfigurationParser.parse([file])
    return try #require(
        result.configuration,
        "\(result.diagnostics.map(\.description))",
        sourceLocation: sourceLocation
    )
}

/// A small balancer: one `listen` that works, and what else is given.
func smallBalancer(_ more: String = "", global: String = "") -> String {
    """
    global
    \(global)
    listen db
        bind 127.0.0.1:3306
        timeout connect 5s
        timeout client 1h
        timeout server 1h
        server one 127.0.0.1:3307
    \(more)

    """
}
