internal import CLinux
internal import Glibc

/// `status --watch`: paints a text over itself, on a terminal's second screen, until a signal
/// comes.
package struct StatusWatch {
    /// The second screen, without the cursor; and back to what was there before.
    package static let enter = "\u{1B}[?1049h\u{1B}[?25l"
    package static let leave = "\u{1B}[?25h\u{1B}[?1049l"

    private let descriptor: Int32
    private let isTerminal: Bool

    /// Without a terminal the texts follow one another, with an empty line between them.
    package init(descriptor: Int32, isTerminal: Bool) {
        self.descriptor = descriptor
        self.isTerminal = isTerminal
    }

    /// Paints `text()` at once and then each `interval`, until SIGINT, SIGTERM or SIGHUP, which it
    /// takes for itself, or until nobody reads the output any more. The terminal is restored in
    /// every case. For a process of one thread: another one could get the signals first.
    package func run(each interval: Duration = .seconds(1), text: () -> String) {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGWINCH] { unsafe sigaddset(&signals, signal) }
        var previous = sigset_t()
        unsafe pthread_sigmask(SIG_BLOCK, &signals, &previous)
        defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &previous, nil) }

        if isTerminal { _ = write(Self.enter) }
        defer { if isTerminal { _ = write(Self.leave) } }
        let (seconds, attoseconds) = interval.components
        var pause = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
        while true {
            let rows = isTerminal ? Int(hb_terminal_rows(descriptor)) : 0
            guard write(isTerminal ? Self.frame(text(), rows: rows) : text() + "\n") else { return }
            // No signal within the interval is -1; a resized window is painted anew.
            let signal = unsafe sigtimedwait(&signals, nil, &pause)
            if signal > 0, signal != SIGWINCH { return }
        }
    }

    /// From the top left corner; what was longer before is erased. Rows that the terminal does not
    /// have would make it scroll: they are left out and the last one says so. 0 rows = no limit.
    package static func frame(_ text: String, rows: Int) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        if rows > 1, lines.count > rows {
            let hidden = lines.count - rows + 1
            lines.removeLast(hidden)
            lines.append("… \(hidden) more lines")
        }
        return "\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J"
    }

    private func write(_ text: String) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, hb_errno() == EINTR { continue }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}
