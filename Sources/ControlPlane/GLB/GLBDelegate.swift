/// What a `glb-control` socket asks of the daemon, about one `listen` section.
package protocol GLBDelegate: Sendable {
    func report() -> GLBReport
    /// Since the call before, whoever made it.
    func statistics() -> GLBStatistics
    /// Adds a destination, gives it another weight, or removes it.
    /// - Returns: whether that is so now
    func change(_ change: GLBChange) async -> Bool
}

extension GLBDelegate {
    /// The reply to what came at once, exactly as glbd's.
    package func reply(to bytes: some Collection<UInt8>) async -> String {
        switch GLBCommand(bytes) {
        case .getInfo: report().text
        case .getStatistics: statistics().text
        case .change(let change): await self.change(change) ? "Ok\n" : "Error\n"
        case nil: "Error\n"
        }
    }
}
