/// For people.
extension Diagnosis {
    private static let width = 20

    /// - Parameter colour: whether the terminal shows it.
    package func text(colour: Bool) -> String {
        let title = pair.map { "\(node), of pair \($0)" } ?? node
        var lines = [title, ""]
        for finding in findings {
            lines.append(
                "  " + mark(finding.verdict, colour) + "  "
                    + Self.padded(finding.topic.rawValue) + finding.text
            )
            if let advice = finding.advice {
                lines.append(String(repeating: " ", count: 10) + "-> " + advice)
            }
        }
        let unknown = findings.count { $0.verdict == .unknown }
        let fine = findings.count { $0.verdict == .fine }
        lines += [
            "",
            "\(failures) failed, \(warnings) warned of, \(unknown) could not be found out, "
                + "\(fine) fine",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private func mark(_ verdict: Finding.Verdict, _ colour: Bool) -> String {
        let (word, code) =
            switch verdict {
            case .fine: ("ok  ", "32")
            case .warning: ("WARN", "33")
            case .failure: ("FAIL", "1;31")
            case .unknown: ("?   ", "2")
            }
        return colour ? "\u{1B}[\(code)m\(word)\u{1B}[0m" : word
    }

    private static func padded(_ text: String) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}
