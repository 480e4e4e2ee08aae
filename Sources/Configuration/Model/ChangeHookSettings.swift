/// `on-change PATH [timeout T]`: a program that is told of each change of this node's role.
package struct ChangeHookSettings: Sendable, Equatable {
    /// Absolute.
    package var path: String
    package var location: SourceLocation
    /// After this it is killed: 100 ms ... 10 min.
    package var timeout: Duration = .seconds(30)
}
