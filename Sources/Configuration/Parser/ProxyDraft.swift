internal import Primitives

/// A `defaults`, `listen`, `frontend` or `backend` section while it is read.
struct ProxyDraft {
    enum Kind: String {
        case defaults, listen, frontend, backend

        var places: Places {
            switch self {
            case .defaults: .defaults
            case .listen: [.frontend, .backend]
            case .frontend: .frontend
            case .backend: .backend
            }
        }
    }

    var kind: Kind
    /// Empty for unnamed `defaults`.
    var name: String
    var location: SourceLocation
    /// What `defaults` hand on.
    var settings: ProxySettings
    /// Its header was wrong: read for its mistakes only.
    var isBroken = false
    /// The keywords of lines with a mistake: they are not missing too.
    var faulty: Set<String> = []
    var description: String?
    var binds: [Bind] = []
    var servers: [Server] = []
    /// Lines that mean something in `mode http` only: mistakes, unless this is an HTTP page.
    var httpOnly: [Complaint] = []
    /// The first `http-check` line of a section puts those of its `defaults` aside.
    var hasHTTPCheckRules = false
    var hasTCPCheckRules = false
    /// Where each server name was first used.
    var serverLocations: [String: SourceLocation] = [:]
    /// By name; what was said first counts for all lines behind it.
    var acls: [String: [IPNetwork]] = [:]
    var connectionRules: [AccessRule] = []
    var contentRules: [AccessRule] = []
    var glbControl: (endpoint: Endpoint, location: SourceLocation)?
    var glbFifo: String?
    var stickTable: StickTableDraft?
    var stickRule: StickRule?

    /// HAProxy answers here itself, with its statistics, metrics or a redirection: nothing is
    /// balanced, so that the rest of the configuration does not depend on it.
    var isHTTPPage: Bool {
        settings.mode == .http && kind != .backend && servers.isEmpty
            && settings.defaultBackend == nil
    }
}

/// Everything that a proxy inherits from its `defaults`.
struct ProxySettings {
    enum Mode: String, CaseIterable { case tcp, http }

    enum LogEntry {
        case global
        case target(LogTarget)
    }

    var mode = Mode.tcp
    /// Where `mode` was set, if it was.
    var modeLocation: SourceLocation?
    /// Where a `stats` line first stood.
    var statsPage: SourceLocation?
    var isDisabled = false
    var maxConnections: Int?
    var backlog: Int?
    var defaultBackend: Word?
    var clientKeepAlive = false
    var serverKeepAlive = false
    /// The `-cnt`, `-idle` and `-intvl` lines; they count where keep-alive is on.
    var clientProbes = KeepAlive()
    var serverProbes = KeepAlive()
    var source: ConnectSource?
    var logFormat: SessionLogFormat?
    var skipsNullLogs = false
    var logsHealthChecks = false
    var balance = BalanceAlgorithm.roundRobin
    var hashType = HashType.mapBased
    var fullConnections: Int?
    var balancesTopOnly = false
    /// `balance pen`
    var isPen = false
    var usesAllBackups = false
    var retries = 3
    /// Better than HAProxy's default, which tries a dead server until its checks have found out.
    var redispatch = RedispatchPolicy.everyRetry(1)
    var checkMethod = CheckMethod.tcp
    /// Where the method was set, if it was.
    var checkMethodLocation: SourceLocation?
    var httpCheckRules = HTTPCheckRules()
    var tcpCheckRules = TCPCheckRules()
    var externalCheck = ExternalCheckMethod()
    /// 0 is "none", said explicitly; `nil` is not given.
    var timeouts = Timeouts()
    var logs: [LogEntry] = []
    var serverState = ServerStateChoice.none
    /// Where it was chosen, if it was.
    var serverStateLocation: SourceLocation?
    /// `server-state-file-name`
    var serverStateFile: String?
    /// `default-server`
    var serverOptions = ServerOptions()
}

/// `load-server-state-from-file`
enum ServerStateChoice {
    case none
    case global
    case local
}

/// A `stick-table` line.
struct StickTableDraft {
    var size = 0
    var expiry: Duration?
    var purges = true
    /// Of the word `peers`.
    var peers: SourceLocation?
}

/// The `stick` lines of a section.
struct StickRule {
    var key: StickSettings.Key
    var matches: Bool
    var stores: Bool
    /// Of the first.
    var location: SourceLocation
}

/// The `http-check` lines.
struct HTTPCheckRules {
    /// `http-check send`: what is given takes the place of what `option httpchk` said.
    struct Request {
        var method: String?
        var uri: String?
        var version: String?
        var headers: [HTTPCheckMethod.Header] = []
        var body: String?
    }

    /// Of the first line.
    var location: SourceLocation?
    var request: Request?
    var expectations: [HTTPCheckMethod.Expectation] = []
}

/// The `tcp-check` lines.
struct TCPCheckRules {
    /// Of the first line.
    var location: SourceLocation?
    /// `connect` included.
    var count = 0
    var port: UInt16?
    var steps: [TCPCheckMethod.Step] = []
}
