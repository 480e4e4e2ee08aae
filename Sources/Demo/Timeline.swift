internal import Glibc
internal import LinuxIO
internal import Primitives

/// The demo's voice: lines with the time since its start, in colour on a terminal.
struct Timeline {
    enum Tone: String {
        case plain = ""
        case good = "32"
        case bad = "31"
        case title = "1"
        case quiet = "2"
    }

    private let start = Instant.now
    private let usesColour: Bool

    init(usesColour: Bool) { self.usesColour = usesColour }

    /// `+  1.234 s  node01  text`
    func say(_ who: String, _ text: String, _ tone: Tone = .plain) {
        let elapsed = (Instant.now - start).milliseconds
        let stamp = "+\(Self.padded("\(elapsed / 1000)", 3)).\(Self.threeDigits(elapsed % 1000)) s"
        line("\(painted(stamp, .quiet))  \(painted(who, .title))\(spaces(16 - who.count))"
            + painted(text, tone))
    }

    func title(_ text: String) { line("\n" + painted(text, .title)) }

    func line(_ text: String = "") {
        print(text)
        // A demo that is piped should still be seen as it happens.
        fflush(nil)
    }

    private func painted(_ text: String, _ tone: Tone) -> String {
        guard usesColour, tone != .plain else { return text }
        return "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m"
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: max(1, count)) }

    static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func threeDigits(_ value: Int64) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
}
