/// Something that ends the run: what happened, and what to do about it where that is known.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Ctrl-C, SIGTERM or SIGHUP: all that was started is ended on the way out.
struct Interrupted: Error {
    let signal: Int32
}
