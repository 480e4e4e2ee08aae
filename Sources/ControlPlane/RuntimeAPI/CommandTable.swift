internal import Primitives

/// All commands of the runtime API, and the texts that list them. HAProxy's wording throughout:
/// scripts look for it.
package struct CommandTable: Sendable {
    private let commands: [RuntimeCommand]

    package init(_ commands: [RuntimeCommand]) {
        self.commands = commands
    }

    /// HAProxy's commands and ours, sorted, the three that concern the connection last.
    package static let standard = CommandTable(
        others.sorted { $0.name < $1.name } + connectionCommands
    )

    private static let others =
        haproxyCommands + processCommands + frontendCommands + serverCommands
        + serverEditCommands + tableCommands + sessionCommands + clientCommands + pairCommands

    /// The command with the most words that the line begins with.
    package func command(for words: [String]) -> RuntimeCommand? {
        commands
            .filter { words.starts(with: $0.words) }
            .max { $0.words.count < $1.words.count }
    }

    /// The reply to `help`, or to `help WORDS` with the commands that begin like them.
    package func help(matching words: [String], level: AccessLevel) -> String {
        let listed = words.isEmpty ? permitted(level) : similar(to: words, level: level)
        return "The following commands are valid at this level:\n" + list(listed, level)
    }

    /// The reply to a line that is no command.
    package func unknown(_ words: [String], level: AccessLevel) -> String {
        let candidates = similar(to: words, level: level)
        guard !words.isEmpty, !candidates.isEmpty else {
            return "Unknown command. Please enter one of the following commands only:\n"
                + list(permitted(level), level)
        }
        return "Unknown command, but maybe one of the following ones is a better match:\n"
            + list(candidates, level)
    }

    private func permitted(_ level: AccessLevel) -> [RuntimeCommand] {
        commands.filter { $0.level <= level }
    }

    /// The lines of `chosen`, then those that HAProxy adds to every list.
    private func list(_ chosen: [RuntimeCommand], _ level: AccessLevel) -> String {
        let always = commands.filter { Self.connectionNames.contains($0.name) }
        let others = chosen.filter { !Self.connectionNames.contains($0.name) }
        return (others + always).map(\.helpLine).joined()
    }

    private static let connectionNames = Set(connectionCommands.map(\.name))

    /// The commands that begin with `words`, each perhaps cut short; else those that are spelled
    /// much like them.
    private func similar(to words: [String], level: AccessLevel) -> [RuntimeCommand] {
        let beginning = permitted(level).filter { command in
            zip(words, command.words).allSatisfy { $1.hasPrefix($0) }
        }
        guard beginning.isEmpty else { return beginning }
        let text = words.prefix(3).joined(separator: " ")
        // The distance grows with the product of the lengths; no command is near that long.
        guard text.count <= 64 else { return [] }
        return permitted(level).filter { command in
            Spelling.distance(Array(text.utf8), Array(command.name.utf8)) * 3
                <= command.name.count
        }
    }
}
