package import Configuration

/// Where the daemon has its configuration from, at start and at each reload.
package enum ConfigurationSource: Sendable {
    /// `-f`, in the order given, and what the command line says besides.
    case files([String], CommandLineSettings)
    /// A command line that says everything; who has made it.
    case given(BalancerConfiguration, by: String)

    package func load() -> ConfigurationLoader.Outcome {
        switch self {
        case .files(let paths, let settings): ConfigurationLoader.load(paths, settings)
        case .given(let configuration, _):
            ConfigurationLoader.Outcome(
                configuration: configuration,
                diagnostics: [],
                rendered: ""
            )
        }
    }

    /// `-n`, `-N`, `-S`
    var commandLine: CommandLineSettings {
        switch self {
        case .files(_, let settings): settings
        case .given: CommandLineSettings()
        }
    }

    /// For people.
    var text: String {
        switch self {
        case .files(let paths, _): paths.joined(separator: ", ")
        case .given(_, let maker): maker
        }
    }
}
