import Glibc
import Simulator
import Testing

/// Failovers as prose: each scene and what has to happen in it, in `Tests/Transcripts`.
/// `HA_BALANCER_REWRITE=1` writes the files anew; commit what you understand.
@Suite struct TranscriptTests {
    private static let folder =
        #filePath.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" } + "/Transcripts"

    /// Both run, node01 holds, node02 stands by.
    private static let pair: [Scene.Step] = [.start(0), .start(1), .wait(.seconds(4))]

    private static let scenes = [
        Scene("both-start", pair),
        Scene("daemon-killed", pair + [.kill(0), .wait(.seconds(2))]),
        Scene(
            "daemon-and-guardian-killed",
            pair + [
                .killWithGuardian(0), .wait(.seconds(1)), .start(0), .wait(.seconds(2)),
            ]
        ),
        Scene(
            "power-off-and-back",
            pair + [
                .powerOff(0), .wait(.seconds(1)), .start(0), .wait(.seconds(2)),
            ]
        ),
        Scene("failover-by-order", pair + [.failover(1), .wait(.seconds(1))]),
        Scene(
            "maintenance",
            pair + [
                .maintenance(0, isOn: true), .wait(.seconds(1)), .maintenance(0, isOn: false),
                .wait(.seconds(1)),
            ]
        ),
        Scene("stopped-in-order", pair + [.stop(0), .wait(.seconds(1))]),
        Scene("relay-hangs", pair + [.relay(0, serves: false), .wait(.seconds(1))]),
        Scene(
            "rails-blocked-and-healed",
            pair + [
                .blockRails, .wait(.seconds(1)), .healRails, .wait(.seconds(1)),
            ]
        ),
        Scene(
            "rails-blocked-and-holder-dies",
            pair + [.blockRails, .wait(.seconds(1)), .powerOff(0), .wait(.seconds(2))]
        ),
        Scene(
            "holder-cut-off",
            pair + [
                .blockRails, .cutSegment(1), .wait(.seconds(4)), .healRails, .healSegment,
                .wait(.seconds(2)),
            ]
        ),
        Scene(
            "standby-cut-off",
            pair + [
                .blockRails, .cutSegment(0), .wait(.seconds(2)), .healRails, .healSegment,
                .wait(.seconds(2)),
            ]
        ),
        Scene("daemon-hangs", pair + [.hang(0, .seconds(1)), .wait(.seconds(2))]),
        Scene("address-removed-by-another", pair + [.removeAddress(0), .wait(.seconds(1))]),
    ]

    @Test(arguments: scenes.indices)
    func `a scene goes as its transcript says`(_ index: Int) throws {
        let scene = Self.scenes[index]
        let path = "\(Self.folder)/\(scene.name).txt"
        let played = scene.play().joined(separator: "\n") + "\n"
        if unsafe getenv("HA_BALANCER_REWRITE") != nil { try Self.write(played, to: path) }
        let expected = try #require(Self.read(path), "no \(path): run with HA_BALANCER_REWRITE=1")
        #expect(played == expected, "\(scene.name)")
    }

    private static func read(_ path: String) -> String? {
        guard let file = unsafe fopen(path, "r") else { return nil }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = unsafe fgetc(file), byte != EOF { bytes.append(UInt8(byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private struct WriteFailure: Error { let path: String }

    private static func write(_ text: String, to path: String) throws {
        guard let file = unsafe fopen(path, "w") else { throw WriteFailure(path: path) }
        unsafe fputs(text, file)
        unsafe fclose(file)
    }
}
