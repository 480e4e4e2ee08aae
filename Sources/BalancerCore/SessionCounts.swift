/// How many sessions a backend and a server hold at the end of one, without it: what HAProxy logs
/// as `%bc` and `%sc`, because it writes the line after the session has left.
package struct SessionCounts: Sendable, Equatable {
    package var backend: Int
    package var server: Int

    package init(backend: Int, server: Int) {
        self.backend = backend
        self.server = server
    }
}
