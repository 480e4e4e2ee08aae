internal import Primitives

/// A session that lasts, as `show sess` writes it.
package struct SessionReport: Sendable, Equatable {
    /// Names it in `shutdown session`; never that of another session of this process.
    package var id: UInt64
    /// `10.0.0.5:40312`
    package var client: String
    package var isV4: Bool
    package var frontend: String
    /// `nil`: none yet.
    package var backend: String?
    package var server: String?
    package var age: Duration
    /// Since data last moved.
    package var idle: Duration
    package var bytesIn: UInt64
    package var bytesOut: UInt64

    package init(
        id: UInt64,
        client: String,
        isV4: Bool,
        frontend: String,
        backend: String?,
        server: String?,
        age: Duration,
        idle: Duration,
        bytesIn: UInt64,
        bytesOut: UInt64
    ) {
        self.id = id
        self.client = client
        self.isV4 = isV4
        self.frontend = frontend
        self.backend = backend
        self.server = server
        self.age = age
        self.idle = idle
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
    }

    /// HAProxy's line as far as it says something here; `idle`, `in` and `out` are ours.
    var line: String {
        let names = "fe=\(frontend) be=\(backend ?? "<NONE>") srv=\(server ?? "<none>")"
        return "0x\(String(id, radix: 16)): proto=\(isV4 ? "tcpv4" : "tcpv6") src=\(client)"
            + " \(names) age=\(Self.text(age)) idle=\(Self.text(idle))"
            + " in=\(bytesIn) out=\(bytesOut)\n"
    }

    /// `1d2h`, `3m4s`, `5s`: the two largest units, as HAProxy's `human_time`.
    private static func text(_ duration: Duration) -> String {
        let seconds = max(0, duration.milliseconds / 1000)
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"),
            (seconds % 60, "s"),
        ]
        guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0s" }
        return parts[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
    }
}
