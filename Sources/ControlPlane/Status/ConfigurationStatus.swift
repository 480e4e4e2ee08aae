/// The configuration that is in force.
package struct ConfigurationStatus: Codable, Sendable, Equatable {
    package var file: String
    /// Short enough to read out on the telephone.
    package var digest: String
    package var loadedAt: String
    package var loadedMillisecondsAgo: Int64

    package init(file: String, digest: String, loadedAt: String, loadedMillisecondsAgo: Int64) {
        self.file = file
        self.digest = digest
        self.loadedAt = loadedAt
        self.loadedMillisecondsAgo = loadedMillisecondsAgo
    }
}
