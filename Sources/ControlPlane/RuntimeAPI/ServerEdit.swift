/// A change of the servers of a backend at run time. It lasts until the next reload: the files are
/// the truth.
package enum ServerEdit: Sendable, Equatable {
    /// `add server`: what would stand on its `server` line behind the name.
    case add([String])
    /// `del server`
    case remove
    /// `set server … addr`; the port as it was written, `nil`: it stays.
    case address(String, port: String?)
    /// `set server … check-addr`
    case checkAddress(String, port: String?)
    /// `set server … check-port`; 0 is the server's own.
    case checkPort(UInt16)
}
