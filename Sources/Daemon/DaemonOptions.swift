package import Guardian
package import Primitives

/// How the daemon was called.
package struct DaemonOptions: Sendable {
    package var source: ConfigurationSource
    /// When the guardian started; `nil` when nobody guards.
    package var guardedSince: Instant?
    /// `-L`; else the host's name.
    package var nodeName: String?
    /// The line to the guardian and its page; `nil` when nobody guards.
    package var link: GuardianLink?
    package var page: WillPage?
    /// The descriptor of the fence's map, from the guardian.
    package var fence: Int32?

    package init(
        source: ConfigurationSource,
        nodeName: String?,
        link: GuardianLink?,
        page: WillPage?,
        fence: Int32? = nil
    ) {
        self.source = source
        self.nodeName = nodeName
        self.link = link
        self.page = page
        self.fence = fence
    }
}
