/// One command of the runtime API: an entry of the `CommandTable`.
package struct RuntimeCommand: Sendable {
    /// What a handler is given.
    package struct Invocation: Sendable {
        /// The words behind the command's own.
        package let arguments: [String]
        /// The level of the client.
        package let level: AccessLevel
        package let delegate: any ControlDelegate
        package let table: CommandTable
    }

    package enum Action: Sendable {
        /// Computes the reply: lines with their line ends, without the empty line that ends it.
        case reply(@Sendable (Invocation) async -> String)
        /// Looks at the connection or changes it, by the words behind the command's own; the
        /// reply as above.
        case connection(@Sendable ([String], inout RuntimeConnection) -> String)
        case quit
        /// Does its work and ends the connection without a word.
        case last(@Sendable (Invocation) async -> Void)
        /// Says whom the rest of the line is for.
        case prefix
    }

    /// The words that call it, such as `show stat`.
    package let words: [String]
    /// The rest of the usage, such as `[up|no-maint]*`.
    package let arguments: String
    /// One line for `help`.
    package let help: String
    /// The least level that may call it.
    package let level: AccessLevel
    package let action: Action

    /// `name` holds the words, separated by spaces.
    package init(
        _ name: String,
        _ arguments: String = "",
        level: AccessLevel,
        help: String,
        action: Action
    ) {
        precondition(!name.isEmpty, "a command without a name")
        words = name.split(separator: " ").map(String.init)
        self.arguments = arguments
        self.help = help
        self.level = level
        self.action = action
    }

    /// As HAProxy prints it: `  show version                            : show version of …`.
    var helpLine: String {
        let usage = arguments.isEmpty ? name : "\(name) \(arguments)"
        let padding = String(repeating: " ", count: max(0, 40 - usage.count))
        return "  \(usage)\(padding): \(help)\n"
    }

    var name: String { words.joined(separator: " ") }
}
