/// Where a word stands.
package struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// From 1.
    package var line: Int
    /// From 1, counted in characters (Unicode scalars) as editors do; a tab is one.
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`
    package var description: String { "\(file):\(line):\(column)" }
}
