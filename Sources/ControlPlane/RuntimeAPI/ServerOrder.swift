/// A server as commands name it: `db/s1`, or `#2/#1` by the numbers of `show stat`.
package struct ServerName: Sendable, Equatable {
    package enum Part: Sendable, Equatable {
        case name(String)
        case number(Int)

        init(_ word: Substring) {
            if word.hasPrefix("#"), let number = Int(word.dropFirst()) {
                self = .number(number)
            } else {
                self = .name(String(word))
            }
        }
    }

    package let backend: Part
    package let server: Part

    /// `nil`: the word has not two parts.
    package init?(_ word: String) {
        let parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        backend = Part(parts[0])
        server = Part(parts[1])
    }
}

/// What the operator wants of one server.
package enum ServerOrder: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable {
        case ready
        case drain
        case maintenance = "maint"
    }

    case state(State)
    /// 0...256
    case weight(Int)
    /// Of the weight of the configuration; 0 or more. What comes out is 256 at most.
    case weightPercent(Int)
    /// Until the next check says otherwise.
    case health(isUp: Bool)
    /// Checks go on, or stand still and leave the server as it is.
    case checks(areOn: Bool)
    /// Until the agent says otherwise.
    case agentHealth(isUp: Bool)
    /// The agent is asked, or what it has said does not count any more.
    case agents(areOn: Bool)
    /// `set maxconn server`: at least 1; `nil`: no limit.
    case maxConnections(Int?)
    case shutdownSessions
}

/// Why a command about a server did nothing: HAProxy's words.
package enum ServerRefusal: Error, Equatable {
    case malformedName
    case noBackend
    case noServer
    /// Its line end included where HAProxy writes one.
    case because(String)

    /// And not by the command about it.
    var isAboutName: Bool {
        switch self {
        case .malformedName, .noBackend, .noServer: true
        case .because: false
        }
    }

    package var text: String {
        switch self {
        case .malformedName: "Require 'backend/server'.\n"
        case .noBackend: "No such backend.\n"
        case .noServer: "No such server.\n"
        case .because(let reason): reason
        }
    }
}

/// The weight of a server in force and that of the configuration.
package struct ServerWeight: Sendable, Equatable {
    package var current: Int
    package var initial: Int

    package init(current: Int, initial: Int) {
        self.current = current
        self.initial = initial
    }
}
