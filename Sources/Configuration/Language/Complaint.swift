/// What is wrong with one line: the error that the language's own parsing functions throw.
struct Complaint: Error, Equatable {
    var location: SourceLocation
    var message: String
    /// The nearest word that would have been right.
    var suggestion: String?

    init(_ message: String, at location: SourceLocation, suggestion: String? = nil) {
        self.location = location
        self.message = message
        self.suggestion = suggestion
    }
}
