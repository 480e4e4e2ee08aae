/// One word of a line, quotes and escapes resolved.
struct Word: Sendable, Equatable {
    var text: String
    /// Of its first character, an opening quote included.
    var location: SourceLocation
    /// The column behind its last character.
    var endColumn: Int

    /// Where something is missing that should have followed.
    var end: SourceLocation {
        SourceLocation(file: location.file, line: location.line, column: endColumn)
    }
}
