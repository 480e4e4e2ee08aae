internal import Glibc

/// The table goes to standard output, what happens meanwhile to standard error.
enum Console {
    static func line(_ text: String) { write(text, 1) }
    static func note(_ text: String) { write("failover-bench: " + text, 2) }

    private static func write(_ text: String, _ descriptor: Int32) {
        let bytes = Array((text + "\n").utf8)
        _ = unsafe Glibc.write(descriptor, bytes, bytes.count)
    }
}
