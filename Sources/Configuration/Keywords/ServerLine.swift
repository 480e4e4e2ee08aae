/// A `server` line that stands in no file: what follows `add server` of the runtime API.
package enum ServerLine {
    package enum Mistake: Error, Equatable {
        case noAddress
        /// What is wrong, in words.
        case wrong(String)
    }

    package struct Outcome: Sendable, Equatable {
        package var server: Server
        /// Warnings and notes, in words.
        package var remarks: [String]
    }

    /// As in HAProxy nothing comes from `default-server`, the server begins in maintenance unless
    /// `enabled` says otherwise, and its checks begin with `enable health`.
    /// - Parameter words: those behind the name
    package static func parse(
        name: String,
        _ words: [String]
    ) throws(Mistake) -> Outcome {
        guard !words.isEmpty else { throw .noAddress }
        guard words.count < ConfigurationLimits.wordsPerLine - 1 else {
            throw .wrong("more than \(ConfigurationLimits.wordsPerLine) words")
        }
        let line = (["server", name] + words).enumerated().map { place, text in
            word(text, at: place + 1)
        }
        var draft = ProxyDraft(
            kind: .backend,
            name: "",
            location: line[0].location,
            settings: ProxySettings()
        )
        draft.settings.serverOptions.isDisabled = true
        var arguments = Arguments(
            line.dropFirst(),
            after: line[0],
            usage: "add server <backend>/<server> <address>:<port> [<option>...]"
        )
        do throws(Complaint) {
            try ServerKeywords.parse(into: &draft, &arguments)
        } catch {
            throw .wrong(text(error.message, error.suggestion))
        }
        if let error = arguments.findings.first(where: { $0.severity == .error }) {
            throw .wrong(text(error.message, error.suggestion))
        }
        guard var server = draft.servers.first else { throw .noAddress }
        server.addition = ServerAddition(
            startsInMaintenance: server.options.isDisabled,
            startsUnchecked: true
        )
        server.options.isDisabled = false
        return Outcome(server: server, remarks: arguments.findings.map(\.message))
    }

    private static func word(_ text: String, at place: Int) -> Word {
        Word(
            text: text,
            location: SourceLocation(file: "the runtime API", line: 1, column: place),
            endColumn: place + 1
        )
    }

    private static func text(_ message: String, _ suggestion: String?) -> String {
        message + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
    }
}
