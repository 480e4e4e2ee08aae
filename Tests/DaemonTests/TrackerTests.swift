import Configuration
import Daemon
import Glibc
import Lab
import LinuxIO
import PairControl
import Primitives
import Testing

/// Real scripts, run as a stranger would be.
@Suite(.serialized) struct TrackerTests {
    private let files: TemporaryDirectory

    init() throws {
        files = try TemporaryDirectory("tracks")
        // Nobody has to get at them.
        try #require(unsafe chmod(files.path, 0o755) == 0)
    }

    private func script(_ name: String, _ text: String, mode: mode_t = 0o755) throws -> String {
        let path = "\(files.path)/\(name)"
        try TextFile.write("#!/bin/sh\n\(text)\n", to: path)
        try #require(unsafe chmod(path, mode) == 0)
        return path
    }

    private static func track(_ subject: TrackSettings.Subject) -> TrackSettings {
        var track = TrackSettings(
            subject,
            location: Configuration.SourceLocation(file: "t", line: 1, column: 1)
        )
        track.interval = .milliseconds(100)
        track.timeout = .milliseconds(1000)
        track.fall = 1
        track.rise = 1
        return track
    }

    /// Follows these until what is known of the first is as wanted, or some seconds are over.
    private static func fault(
        _ tracks: [TrackSettings],
        until isWanted: (String?) -> Bool
    ) throws -> String? {
        let tracker = try Tracker()
        tracker.follow(tracks)
        try tracker.start()
        defer { tracker.end() }
        _ = Patience.wait(.seconds(5)) {
            tracker.tracks.count == tracks.count && isWanted(tracker.tracks[0].fault)
        }
        return tracker.tracks.first?.fault
    }

    @Test func `a script that fails is told with its status, and heals`() throws {
        let path = try script("flag", "[ -e \(files.path)/good ] || exit 3")
        let tracker = try Tracker()
        try tracker.start()
        defer { tracker.end() }
        tracker.follow([Self.track(.script(path))])
        let failed = [NodeReadiness.Fact(name: "script \(path)", fault: "failed: exit status 3")]
        #expect(Patience.wait(.seconds(5)) { tracker.tracks == failed })
        try TextFile.write("", to: files.path + "/good")
        #expect(Patience.wait(.seconds(5)) { tracker.tracks.first?.fault == nil })
        tracker.follow([])
        #expect(Patience.wait(.seconds(5)) { tracker.tracks.isEmpty })
    }

    @Test func `a script runs as nobody, without rights, files or a terminal`() throws {
        let path = try script(
            "who",
            """
            [ "$(id -u) $(id -g) $(id -G)" = "65534 65534 65534" ] || exit 10
            grep -q '^CapEff:.0000000000000000$' /proc/self/status || exit 11
            grep -q '^NoNewPrivs:.1$' /proc/self/status || exit 12
            ls -l /proc/$$/fd | grep -Eq 'socket:|anon_inode:|memfd:' && exit 13
            [ "$(readlink /proc/$$/fd/1)" = /dev/null ] || exit 14
            grep -q '^SigBlk:.0000000000000000$' /proc/self/status || exit 15
            [ "$(cut -d' ' -f5 /proc/$$/stat)" = $$ ] || exit 16
            exit 99
            """
        )
        let fault = try Self.fault([Self.track(.script(path))]) { $0 != nil }
        #expect(fault == "failed: exit status 99")
    }

    @Test func `a script that is not done in time is killed with its children, and no other waits`()
        throws
    {
        let path = try script("slow", "sleep 600 & echo $! > /dev/null; sleep 601")
        let other = try script("quick", "exit 0")
        var slow = Self.track(.script(path))
        slow.timeout = .milliseconds(300)
        let fault = try Self.fault([slow, Self.track(.script(other))]) { $0 != nil }
        #expect(fault == "was killed: not done after 300 ms")
        let left = try Command.run("pgrep", ["-u", "65534", "-f", "sleep 60[01]"])
        #expect(left.standardOutput.isEmpty)
    }

    @Test func `what root alone has not in hand is not run`() throws {
        let open = try script("open", "exit 0", mode: 0o777)
        let rest = ": `chown root`, `chmod go-w`"
        #expect(
            try Self.fault([Self.track(.script(open))]) { $0 != nil }
                == "cannot be run: others than root can write to \(open)\(rest)"
        )
        let plain = try script("plain", "exit 0", mode: 0o644)
        #expect(
            try Self.fault([Self.track(.script(plain))]) { $0 != nil }
                == "cannot be run: it is not executable (`chmod 0755`)"
        )
        let foreign = try script("foreign", "exit 0")
        try #require(unsafe chown(foreign, 65534, 0) == 0)
        #expect(
            try Self.fault([Self.track(.script(foreign))]) { $0 != nil }
                == "cannot be run: others than root can write to \(foreign)\(rest)"
        )
        #expect(
            try Self.fault([Self.track(.script(files.path + "/none"))]) { $0 != nil }
                == "cannot be run: there is no such file"
        )
        #expect(
            try Self.fault([Self.track(.script(files.path))]) { $0 != nil }
                == "cannot be run: it is not a file"
        )
        // A directory above it that others can write to.
        let folder = files.path + "/folder"
        try #require(unsafe mkdir(folder, 0o755) == 0)
        let inside = try script("folder/inside", "exit 0")
        try #require(unsafe chmod(folder, 0o777) == 0)
        #expect(
            try Self.fault([Self.track(.script(inside))]) { $0 != nil }
                == "cannot be run: others than root can write to \(folder)\(rest)"
        )
    }

    @Test func `a program that is none is a failure`() throws {
        let path = files.path + "/text"
        try TextFile.write("#!/no/such/interpreter\n", to: path)
        try #require(unsafe chmod(path, 0o755) == 0)
        #expect(
            try Self.fault([Self.track(.script(path))]) { $0 != nil }
                == "cannot be tried: No such file or directory"
        )
    }

    @Test(arguments: [IPAddress.v4(0x7F00_0001), .v6(high: 0, low: 1)])
    func `a gateway that answers is well`(address: IPAddress) throws {
        let tracker = try Tracker()
        tracker.follow([Self.track(.gateway(address))])
        try tracker.start()
        defer { tracker.end() }
        #expect(Patience.wait(.seconds(5)) { tracker.tracks.count == 1 })
        Patience.pause(.milliseconds(500))
        #expect(tracker.tracks == [.init(name: "gateway \(address)", fault: nil)])
    }

    @Test func `a gateway that does not answer has failed`() throws {
        let network = try LabNetwork([.node01, .node02])
        let tracker = try Tracker()
        var track = Self.track(.gateway(network[.node02].address))
        track.timeout = .milliseconds(200)
        tracker.follow([track])
        // Sockets belong to the namespace of the thread that makes them.
        try network[.node01].inside { try tracker.start() }
        defer { tracker.end() }
        #expect(Patience.wait(.seconds(5)) { tracker.tracks.count == 1 })
        Patience.pause(.milliseconds(400))
        #expect(tracker.tracks.first?.fault == nil)
        try network.isolate(network[.node02])
        #expect(Patience.wait(.seconds(5)) { tracker.tracks.first?.fault != nil })
        try network.unblockAll()
        #expect(Patience.wait(.seconds(5)) { tracker.tracks.first?.fault == nil })
    }
}
