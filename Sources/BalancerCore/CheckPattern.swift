/// A regular expression of a check. Who makes it brings what searches.
package struct CheckPattern: Sendable, Equatable {
    /// As it is written in the configuration.
    package let text: String
    /// Whether it occurs in the bytes.
    package let finds: @Sendable ([UInt8]) -> Bool

    package init(_ text: String, finds: @escaping @Sendable ([UInt8]) -> Bool) {
        self.text = text
        self.finds = finds
    }

    /// The same text finds the same.
    package static func == (left: CheckPattern, right: CheckPattern) -> Bool {
        left.text == right.text
    }
}
