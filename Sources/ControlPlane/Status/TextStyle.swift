/// How a piece of terminal text stands out: ECMA-48 §8.3.117 (SGR).
enum TextStyle: String, Sendable {
    case plain = "0"
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case alarm = "1;31"

    /// The text with its style, or as it is when there shall be no colour.
    func paint(_ text: String, colour: Bool) -> String {
        guard colour, self != .plain, !text.isEmpty else { return text }
        return "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
    }
}
