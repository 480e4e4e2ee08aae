internal import Configuration

/// A line of the configuration that is well written, and that this host cannot do anything with.
struct UnusableLine: Error, CustomStringConvertible {
    let location: SourceLocation
    let reason: String

    var description: String { "\(location): \(reason)" }
}
