package import Configuration

/// Where the daemon has its configuration from, at start and at each reload.
package enum ConfigurationSource: Sendable {
    /// `-f`, in the order given.
    case files([String])
    /// A command line that says everything; who has made it.
    case given(BalancerConfiguration, by: String)

    package func load() -> ConfigurationLoader.Outcome {
        switch self {
        case .files(let paths): ConfigurationLoader.load(paths)
        case .given(let configuration, _):
            ConfigurationLoader.Outcome(
                configuration: configuration,
                diagnostics: [],
                rendered: ""
            )
        }
    }

    /// For people.
    var text: String {
        switch self {
        case .files(let paths): paths.joined(separator: ", ")
        case .given(_, let maker): maker
        }
    }
}
