internal import Glibc
internal import LinuxIO
internal import Primitives

/// Prints a story as it happens: one line per event with the time since the start and who it is
/// about, 80 columns wide. Colour only on a terminal, and only if nobody objects (no-color.org).
package struct DemoConsole: Sendable {
    /// How a line stands out.
    package enum Tone: String, Sendable {
        case plain = "0"
        case good = "32"
        case bad = "1;31"
        case notice = "33"
        case faint = "2"
    }

    package static let width = 80
    private let descriptor: Int32
    private let hasColour: Bool
    private let start: Instant

    /// - Parameters:
    ///   - descriptor: where it prints; lent, standard output unless given.
    ///   - colour: `nil` for "if it is a terminal".
    package init(descriptor: Int32 = 1, colour: Bool? = nil) {
        self.descriptor = descriptor
        hasColour = colour ?? Self.wantsColour(descriptor)
        start = .now
    }

    /// The beginning of a chapter.
    package func headline(_ text: String) {
        emit("")
        emit(hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text)
    }

    /// Something happened now.
    /// - Parameter who: the host or part it happened to, at most 8 characters.
    package func event(_ who: String, _ text: String, _ tone: Tone = .plain) {
        let elapsed = (Instant.now - start).milliseconds
        let time = "+\(elapsed / 1000).\(Self.padded("\(elapsed % 1000)", to: 3, with: "0"))s"
        let head = Self.padded(time, to: 9) + "  " + who + Self.gap(after: who, to: 8) + "  "
        // Further lines begin under the first one's text.
        for (index, line) in Self.wrap(text, to: Self.width - head.count).enumerated() {
            let margin = index == 0 ? head : String(repeating: " ", count: head.count)
            emit(paint(margin, .faint) + paint(line, tone))
        }
    }

    /// Lines as they are, such as the output of a command, set in by two columns.
    package func quote(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            emit("  " + line)
        }
    }

    /// A line of the summary: what was measured, and the result.
    package func result(_ what: String, _ value: String, _ tone: Tone = .plain) {
        emit("  " + what + Self.gap(after: what, to: 44) + "  " + paint(value, tone))
    }

    private func paint(_ text: String, _ tone: Tone) -> String {
        guard hasColour, tone != .plain else { return text }
        return "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m"
    }

    private func emit(_ line: String) {
        // Whoever reads it may have gone; the show goes on.
        let bytes = Array((line + "\n").utf8)
        _ = unsafe write(descriptor, bytes, bytes.count)
    }

    /// Splits at spaces; a longer word gets a line of its own.
    private static func wrap(_ text: String, to width: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    private static func gap(after text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count))
    }

    private static func padded(_ text: String, to width: Int, with filler: String = " ") -> String {
        String(repeating: filler, count: max(0, width - text.count)) + text
    }

    private static func wantsColour(_ descriptor: Int32) -> Bool {
        guard isatty(descriptor) == 1 else { return false }
        guard let value = unsafe getenv("NO_COLOR") else { return true }
        return unsafe String(cString: value).isEmpty
    }
}
