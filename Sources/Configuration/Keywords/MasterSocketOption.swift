/// HAProxy's `-S ADDRESS[,OPTION...]`: the words of a `stats socket` line, commas between them.
package enum MasterSocketOption {
    /// - Returns: the socket, unless one of the findings is an error
    package static func parse(
        _ text: String
    ) -> (socket: StatsSocket?, findings: [Diagnostic]) {
        var column = 1
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let location = SourceLocation(file: "-S", line: 1, column: column)
            column += part.count + 1
            return Word(text: String(part), location: location, endColumn: column - 1)
        }
        let option = Word(
            text: "-S",
            location: SourceLocation(file: "-S", line: 1, column: 1),
            endColumn: 1
        )
        var arguments = Arguments(
            words[...],
            after: option,
            usage: "-S <path>|<address:port>[,mode,<octal>][,level,<level>]"
        )
        do throws(Complaint) {
            // Who may write to it may do everything, as in HAProxy.
            let socket = try StatsSocketKeywords.parse(&arguments, level: .admin)
            let isBad = arguments.findings.contains { $0.severity == .error }
            return (isBad ? nil : socket, arguments.findings)
        } catch {
            return (nil, arguments.findings + [Diagnostic(error)])
        }
    }
}
