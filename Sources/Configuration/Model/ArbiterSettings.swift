/// `arbiter etcd URL[,URL...]`: who decides which node holds the virtual addresses when the two do
/// not hear each other.
package struct ArbiterSettings: Sendable, Equatable {
    /// Members of one etcd cluster, 1...8, each once, in the order of the file.
    package var members: [ArbiterMember]
    package var location: SourceLocation
}

/// `http://HOST[:PORT]`, where a member serves its clients.
package struct ArbiterMember: Sendable, Hashable {
    package var host: HostAddress
    package var port: UInt16
}
