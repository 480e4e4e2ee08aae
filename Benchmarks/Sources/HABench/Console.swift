internal import Glibc

/// Standard output for what is found, standard error for what goes on.
enum Console {
    static func line(_ text: String) { emit(text + "\n", to: 1) }
    static func note(_ text: String) { emit(erase + "ha-bench: \(text)\n", to: 2) }

    /// What is being done now; on a terminal only, and the next one takes its place.
    static func progress(_ text: String) {
        if isTerminal { emit(erase + text, to: 2) }
    }

    static func endProgress() {
        if isTerminal { emit(erase, to: 2) }
    }

    private static let isTerminal = isatty(2) == 1
    private static var erase: String { isTerminal ? "\r\u{1B}[K" : "" }

    private static func emit(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = unsafe write(descriptor, bytes, bytes.count)
    }
}

extension Double {
    /// With so many digits behind the point.
    func fixed(_ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        guard magnitude * scale < 1e18 else { return "-" }
        let number = Int((magnitude * scale).rounded())
        let text = String(number)
        let sign = self < 0 && number != 0 ? "-" : ""
        guard digits > 0 else { return sign + text }
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
    }
}

extension String {
    func padded(to width: Int) -> String { self + gap(to: width) }
    func aligned(to width: Int) -> String { gap(to: width) + self }

    private func gap(to width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - count))
    }
}
