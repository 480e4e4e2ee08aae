internal import Primitives

/// One line for each event: `  1.204 317 node02 fell silent`.
struct Trace {
    let isOn: Bool
    private(set) var lines: [String] = []

    init(isOn: Bool) { self.isOn = isOn }

    mutating func add(_ text: String, at now: Instant) {
        let micros = now.nanoseconds / 1000 - 1_000_000
        let seconds = micros / 1_000_000
        let milliseconds = micros / 1000 % 1000
        let rest = micros % 1000
        lines.append(
            Self.padded(seconds, 4, " ") + "." + Self.padded(milliseconds, 3, "0") + " "
                + Self.padded(rest, 3, "0") + "  " + text
        )
    }

    private static func padded(_ number: Int64, _ width: Int, _ fill: Character) -> String {
        let text = "\(number)"
        return String(repeating: fill, count: max(0, width - text.count)) + text
    }
}
