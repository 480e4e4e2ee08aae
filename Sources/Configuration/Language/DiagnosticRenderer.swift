/// Prints diagnostics for people: the message, the source line, and a caret under the word.
package struct DiagnosticRenderer {
    private let sources: [String: [UInt8]]
    /// The widest piece of a source line that is shown, in characters.
    private let width = 96

    package init(_ files: [SourceFile]) {
        sources = Dictionary(
            files.map { ($0.name, $0.bytes) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// All of `diagnostics` up to `limit`, the gravest first kept when there are more, and a line
    /// that counts the rest. Control characters of the source are not passed on to the terminal.
    package func render(
        _ diagnostics: [Diagnostic],
        limit: Int = ConfigurationLimits.diagnosticsPrinted
    ) -> String {
        let shown = select(diagnostics, limit: limit)
        var output = ""
        for diagnostic in shown {
            output += printable(diagnostic.description) + "\n" + excerpt(diagnostic.location)
        }
        if shown.count < diagnostics.count {
            output += "and \(diagnostics.count - shown.count) more\n"
        }
        return output
    }

    private func select(_ diagnostics: [Diagnostic], limit: Int) -> [Diagnostic] {
        guard diagnostics.count > limit else { return diagnostics }
        let kept = diagnostics.indices
            .sorted {
                let (left, right) = (diagnostics[$0].severity, diagnostics[$1].severity)
                return left == right ? $0 < $1 : left > right
            }
            .prefix(max(limit, 0))
        return kept.sorted().map { diagnostics[$0] }
    }

    /// The source line and the caret line, or nothing when the line does not exist.
    private func excerpt(_ location: SourceLocation) -> String {
        guard let bytes = sources[location.file], let line = line(location.line, of: bytes) else {
            return ""
        }
        let scalars = Array(printable(String(decoding: line, as: UTF8.self)).unicodeScalars)
        let caret = min(max(location.column - 1, 0), scalars.count)
        let start = caret < width ? 0 : caret - width / 2
        let end = min(scalars.count, start + width)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<end])
        // Tabs stay tabs, so that the caret lines up whatever their width.
        let indent = String(scalars[start..<caret].map { $0 == "\t" ? "\t" : " " })
        return "    \(String(text))\n    \(indent)^\n"
    }

    private func line(_ number: Int, of bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let newline = UInt8(ascii: "\n")
        var start = 0
        for _ in 1..<max(number, 1) {
            guard let end = bytes[start...].firstIndex(of: newline) else { return nil }
            start = end + 1
        }
        let end = bytes[start...].firstIndex(of: newline) ?? bytes.endIndex
        return bytes[start..<min(end, start + ConfigurationLimits.lineBytes)]
    }

    private func printable(_ text: String) -> String {
        var output = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where scalar != "\r" {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            output.append(isControl && scalar != "\t" ? "\u{FFFD}" : scalar)
        }
        return String(output)
    }
}
