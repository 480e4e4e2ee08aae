/// Every limit of the configuration language, in one place. What is beyond one is a located error.
package enum ConfigurationLimits {
    /// Bytes of one file.
    package static let fileBytes = 16 << 20
    /// Files of one configuration (`-f` repeated).
    package static let files = 256
    /// Bytes of one line, before and after the expansion of environment variables. HAProxy starts
    /// with 2048 and grows; nothing written by hand comes near this.
    package static let lineBytes = 16_384
    /// Words of one line, the keyword included; as HAProxy (`MAX_LINE_ARGS`).
    package static let wordsPerLine = 64
    /// `listen`, `frontend`, `backend` and `defaults` sections together.
    package static let proxies = 4_096
    /// Servers of all proxies together.
    package static let servers = 100_000
    /// Addresses that all `bind` lines listen on, port ranges expanded.
    package static let listeners = 4_096
    /// `log` targets of one section.
    package static let logTargets = 16
    /// `stats socket` lines.
    package static let statsSockets = 16
    /// Addresses of one node of a pair, and `rail` lines: heartbeat rails.
    package static let rails = 4
    /// `virtual-ip` lines of a pair.
    package static let virtualAddresses = 64
    /// Members of the `arbiter`; etcd itself advises seven at most.
    package static let arbiterMembers = 8
    /// `track` lines of a pair.
    package static let tracks = 32
    /// The longest name of a proxy, server, pair or node, in bytes.
    package static let nameBytes = 255
    /// Addresses in a stick table; about 150 bytes each.
    package static let stickEntries = 1 << 24
    /// Names of ACLs, and `tcp-request` lines, of one section.
    package static let acls = 1024
    package static let accessRules = 1024
    /// `http-check expect` lines of one section.
    package static let httpExpectations = 16
    /// `tcp-check` lines of one section.
    package static let tcpCheckRules = 64
    /// The longest user name of `mysql-check`, in bytes (MariaDB's limit).
    package static let userNameBytes = 80
    /// The longest interface name, in bytes: `IFNAMSIZ` less its NUL.
    package static let interfaceNameBytes = 15
    /// The longest path of a UNIX socket, in bytes: `sun_path` less its NUL.
    package static let socketPathBytes = 107
    /// The longest path of a file, in bytes: `PATH_MAX` less its NUL.
    package static let pathBytes = 4_095
    /// Errors that are kept, and as many warnings and notes together; further ones are dropped.
    package static let diagnosticsKept = 10_000
    /// Diagnostics that are printed; the rest is summed up in one line.
    package static let diagnosticsPrinted = 100
    /// The longest time that is accepted, as in HAProxy: 2^31 - 1 milliseconds, nearly 25 days.
    package static let longestTime: Duration = .milliseconds(Int64(Int32.max))
}
