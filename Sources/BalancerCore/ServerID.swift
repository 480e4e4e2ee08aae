/// The slot of a server in its backend: stable across reloads for as long as the server's name
/// stays in the configuration, and not given to another server while a session is left on it.
package struct ServerID: Hashable, Sendable {
    package let index: Int

    package init(index: Int) {
        self.index = index
    }
}
