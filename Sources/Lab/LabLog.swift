internal import Glibc

/// One line on standard error, for what a thread of the lab can tell nobody else.
enum LabLog {
    static func write(_ text: String) {
        let line = Array("lab: \(text)\n".utf8)
        _ = unsafe Glibc.write(2, line, line.count)
    }
}
