/// `balance pen`, for who comes from Pen: what stands in place of its defaults, where no line of
/// the section says otherwise.
extension ProxyDraft {
    /// `-c`: clients that are remembered.
    private static let clients = 2048
    /// `-b`: for how long a server is left alone that could not be connected to.
    private static let blacklistTime = Duration.seconds(30)

    var withPensDefaults: ProxyDraft {
        guard settings.isPen else { return self }
        var draft = self
        draft.stickTable = stickTable ?? StickTableDraft(size: Self.clients)
        draft.stickRule =
            stickRule ?? StickRule(key: .source, matches: true, stores: true, location: location)
        draft.settings.serverOptions.fillBlacklist(Self.blacklistTime)
        for index in servers.indices {
            draft.servers[index].options.fillBlacklist(Self.blacklistTime)
        }
        return draft
    }
}

extension ServerOptions {
    fileprivate mutating func fillBlacklist(_ time: Duration) { blacklist = blacklist ?? time }
}
