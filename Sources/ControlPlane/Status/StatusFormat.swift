/// Numbers and texts as `status` prints them.
package enum StatusFormat {
    /// `250 ms`, `12.3 s`, `3m12s`, `5h03m`, `2d04h`
    package static func age(milliseconds: Int64) -> String {
        let milliseconds = max(0, milliseconds)
        let seconds = milliseconds / 1000
        switch milliseconds {
        case ..<1000: return "\(milliseconds) ms"
        case ..<60_000: return "\(seconds).\(milliseconds / 100 % 10) s"
        case ..<3_600_000: return "\(seconds / 60)m\(two(seconds % 60))s"
        case ..<86_400_000: return "\(seconds / 3600)h\(two(seconds / 60 % 60))m"
        default: return "\(seconds / 86_400)d\(two(seconds / 3600 % 24))h"
        }
    }

    /// One decimal place; what is no number prints as `?`.
    package static func decimal(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return "?" }
        let tenths = Int64((value * 10).rounded())
        return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }

    /// Without control characters: a text from a database's error packet must not steer the
    /// terminal.
    static func printable(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            result.unicodeScalars.append(isControl ? " " : scalar)
        }
        return result
    }

    /// Breaks at spaces, and inside a word only when it is longer than a line. The first line
    /// starts with `first`, the others with `rest`; none is longer than `width`.
    static func wrap(_ text: String, width: Int, first: String = "", rest: String) -> [String] {
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for word in printable(text).split(separator: " ") {
            var word = word
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = rest
                isEmpty = true
            }
            if !isEmpty { line += " " }
            while line.count + word.count > width {
                let room = width - line.count
                lines.append(line + word.prefix(room))
                word = word.dropFirst(room)
                line = rest
            }
            line += word
            isEmpty = false
        }
        return lines + [line]
    }

    private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
