/// One configuration file as it was read: parsing itself does no input or output.
package struct SourceFile: Sendable, Equatable {
    /// The name as the operator gave it; it opens every message.
    package var name: String
    package var bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}
