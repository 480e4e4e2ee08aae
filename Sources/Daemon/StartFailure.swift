/// Why the daemon cannot start, or a reload was refused: one sentence for the operator, with the
/// way out.
package struct StartFailure: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
