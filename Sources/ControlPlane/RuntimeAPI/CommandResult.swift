/// How one of our verbs ended. The first line on the wire tells the two apart:
/// `OK <text>` or `refused: <reason>`, so that scripts need not know the texts.
package enum CommandResult: Sendable, Equatable {
    /// It happened; what exactly.
    case done(String)
    /// Nothing was changed; why, and what would help.
    case refused(String)

    private static let donePrefix = "OK"
    private static let refusedPrefix = "refused: "

    /// The reply without its closing empty line.
    var wireText: String {
        switch self {
        case .done(let text): text.isEmpty ? Self.donePrefix : "\(Self.donePrefix) \(text)"
        case .refused(let reason): Self.refusedPrefix + reason
        }
    }

    /// Reads a reply. What is neither form came from the API itself, such as `Permission denied`:
    /// nothing was done then.
    package init(reply: String) {
        let text = String(reply.trimmingLineEnds())
        if text == Self.donePrefix {
            self = .done("")
        } else if text.hasPrefix(Self.donePrefix + " ") {
            self = .done(String(text.dropFirst(Self.donePrefix.count + 1)))
        } else if text.hasPrefix(Self.refusedPrefix) {
            self = .refused(String(text.dropFirst(Self.refusedPrefix.count)))
        } else {
            self = .refused(text)
        }
    }
}

extension StringProtocol {
    /// Without the line ends at its end.
    func trimmingLineEnds() -> SubSequence {
        var rest = self[...]
        while rest.last == "\n" { rest.removeLast() }
        return rest
    }
}
