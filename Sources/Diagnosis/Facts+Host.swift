package import Primitives

/// What a process may do: the daemon if it runs, else this command.
package struct RightsFact: Equatable, Sendable {
    package enum Fence: Equatable, Sendable {
        /// Programs were loaded, tried and attached.
        case works
        case refused(String)
        case notTried(String)
    }

    /// `the daemon (pid 17)` or `this command`.
    package var who: String
    package var isDaemon: Bool
    /// Bit n is capability n (linux/capability.h).
    package var capabilities: UInt64
    package var isRealTimePermitted: Bool
    package var mayLockMemory: Bool
    package var fence: Fence

    package init(
        who: String,
        isDaemon: Bool,
        capabilities: UInt64,
        isRealTimePermitted: Bool,
        mayLockMemory: Bool,
        fence: Fence
    ) {
        self.who = who
        self.isDaemon = isDaemon
        self.capabilities = capabilities
        self.isRealTimePermitted = isRealTimePermitted
        self.mayLockMemory = mayLockMemory
        self.fence = fence
    }
}

/// The kernel and its settings.
package struct KernelFact: Equatable, Sendable {
    /// As `uname -r` has it.
    package var release = ""
    /// By their names under /proc/sys/, such as `net/ipv4/ip_forward`; those that could be read.
    package var settings: [String: String] = [:]
    /// Interfaces that default routes of IPv4 lead out of.
    package var defaultRoutes: Set<String> = []

    package init() {}

    package func number(_ name: String) -> Int? { settings[name].flatMap { Int($0) } }

    /// The greater of the value for all interfaces and the interface's own, which is what counts
    /// (Documentation/networking/ip-sysctl.rst).
    package func strongest(_ setting: String, of interface: String) -> Int? {
        [number("net/ipv4/conf/all/\(setting)"), number("net/ipv4/conf/\(interface)/\(setting)")]
            .compactMap(\.self).max()
    }

    /// Major and minor number of the release.
    package func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
        let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        guard numbers.count == 2 else { return false }
        return numbers[0] != major ? numbers[0] > major : numbers[1] >= minor
    }
}

/// A file in which addresses of interfaces are configured.
package struct NetworkFile: Equatable, Sendable {
    package var path: String
    package var text: String

    package init(path: String, text: String) {
        self.path = path
        self.text = text
    }

    /// The first line that names the address, comments aside.
    func line(naming address: IPAddress) -> Int? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let words = line.prefix { $0 != "#" && $0 != ";" }.split {
                !($0.isHexDigit || $0 == "." || $0 == ":")
            }
            // A key may end in a colon: `address:10.0.0.100`.
            let found = words.contains { IPAddress($0) == address }
            if found { return index + 1 }
        }
        return nil
    }
}

/// What systemd-networkd does with an interface; only of those that it manages.
package struct NetworkdFact: Equatable, Sendable {
    package var interface: String
    /// The .network file that it applies.
    package var file: String
    /// The last `KeepConfiguration=` of it and its drop-ins.
    package var keepConfiguration: String?

    package init(interface: String, file: String, keepConfiguration: String?) {
        self.interface = interface
        self.file = file
        self.keepConfiguration = keepConfiguration
    }
}

/// What the resolver says of a node's name.
package struct NameFact: Equatable, Sendable {
    package var name: String
    /// Those of its `node` line.
    package var configured: [IPAddress]
    /// Empty: it is not known.
    package var resolved: [IPAddress]

    package init(name: String, configured: [IPAddress], resolved: [IPAddress]) {
        self.name = name
        self.configured = configured
        self.resolved = resolved
    }
}

/// One health check of one server, made once.
package struct CheckFact: Equatable, Sendable {
    /// Where it came from.
    package enum Source: Hashable, Sendable {
        /// An address of this node: the daemon's checks come from there.
        case node(IPAddress)
        /// A virtual address that is here: sessions come from there.
        case virtual(IPAddress)
        /// What the kernel chose, as for the daemon's checks where the node has no address of its
        /// own, or none of the server's family; `nil` where it found no way there.
        case kernel(IPAddress?)

        package var address: IPAddress? {
            switch self {
            case .node(let address), .virtual(let address): address
            case .kernel(let address): address
            }
        }

        package var isVirtual: Bool {
            if case .virtual = self { true } else { false }
        }
    }

    package enum Result: Equatable, Sendable {
        case passed
        /// The server answered, with the number of an error: of MySQL, or a status of HTTP.
        case refused(code: Int, message: String)
        /// It could not be asked, or its answer was none.
        case failed(String)
    }

    /// `galera_cluster/galera-node01`
    package var server: String
    /// The user that logs in; `nil` where nobody does.
    package var user: String?
    package var source: Source
    package var result: Result

    package init(
        server: String,
        user: String?,
        source: Source,
        result: Result
    ) {
        self.server = server
        self.user = user
        self.source = source
        self.result = result
    }
}

/// One address that clients connect to.
package struct ListenerFact: Equatable, Sendable {
    package enum State: Equatable, Sendable {
        case free
        /// The daemon of this node listens there.
        case ours
        case taken
        case failed(String)
    }

    package var name: String
    package var endpoint: Endpoint
    package var state: State

    package init(name: String, endpoint: Endpoint, state: State) {
        self.name = name
        self.endpoint = endpoint
        self.state = state
    }
}
