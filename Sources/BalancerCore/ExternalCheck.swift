/// `option external-check`: a program of the user's finds out. It exits with 0 for a server that is
/// well.
package struct ExternalCheck: Sendable, Equatable {
    /// Absolute path.
    package var command: String
    package var arguments: [String]
    /// All that it is given, but the number of sessions.
    package var environment: [String: String]

    package init(command: String, arguments: [String], environment: [String: String]) {
        self.command = command
        self.arguments = arguments
        self.environment = environment
    }
}
