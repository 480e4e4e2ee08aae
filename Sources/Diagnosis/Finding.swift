/// What was found about one thing, and what to do about it.
package struct Finding: Codable, Equatable, Sendable {
    package enum Verdict: String, Codable, Sendable, CaseIterable {
        case fine
        /// It works, and there is a risk or a surprise in it.
        case warning
        /// The pair would not work, or not when it is needed.
        case failure
        /// It could not be found out from here; the text says why.
        case unknown
    }

    /// What was looked at: one of a fixed set of words, for programs.
    package enum Topic: String, Codable, Sendable, CaseIterable {
        case configuration
        case daemon
        case interface
        case address
        case virtualIP = "virtual-ip"
        case rail
        case key
        case configurationHash = "configuration-hash"
        case arbiter
        case capability
        case fence
        case realTime = "real-time"
        case memoryLock = "memory-lock"
        case sysctl
        case networkFiles = "network-files"
        case hostName = "host-name"
        case checkUser = "check-user"
        case listener
    }

    package var topic: Topic
    package var verdict: Verdict
    /// One sentence.
    package var text: String
    /// What to do; only where something is to be done.
    package var advice: String?

    package init(_ topic: Topic, _ verdict: Verdict, _ text: String, advice: String? = nil) {
        self.topic = topic
        self.verdict = verdict
        self.text = text
        self.advice = advice
    }
}
