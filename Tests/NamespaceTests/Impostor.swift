import Lab
import LinuxIO
import Primitives

/// The client's host, speaking to one node at the heartbeat port under the address of the other.
struct Impostor {
    private static let port: UInt16 = 694

    private let forger: FrameForger
    private let impersonated: HostPlan
    private let victim: LabHost

    /// - Parameter node: whom it pretends to be.
    init(of node: Int, in scene: Scene) throws {
        forger = try FrameForger(on: scene.client)
        impersonated = scene.daemon(node).host.plan
        victim = scene.daemon(1 - node).host
    }

    func say(_ payload: [UInt8]) throws {
        try forger.send(payload, inTheNameOf: impersonated, to: victim.plan, port: Self.port)
    }

    /// Hears what the real one says to the victim.
    func tap() throws -> FrameTap {
        let sender = impersonated.address.networkBytes
        let port = [UInt8(Self.port >> 8), UInt8(Self.port & 0xFF)]
        return try FrameTap(on: victim, .ipv4) { frame in
            frame.count > 42 && frame[23] == 17 && Array(frame[26..<30]) == sender
                && Array(frame[36..<38]) == port
        }
    }

    /// Ten beats as they are on the wire.
    func record() throws -> [[UInt8]] {
        let tap = try tap()
        guard Patience.wait(.seconds(3), until: { tap.frames.count >= 10 }) else {
            throw LabError("no beats from \(impersonated.name)")
        }
        // Ethernet, IPv4 and UDP headers: 14, 20 and 8 bytes.
        return tap.stop().prefix(10).map { Array($0.bytes[42...]) }
    }

    /// Says random bytes of random length, evenly over the time.
    /// - Returns: how many datagrams.
    func flood(_ duration: Duration, perMillisecond count: Int) throws -> Int {
        // Windows on one random text: the kernel's generator would be slower than the flood.
        let text = (0..<4096).map { _ in UInt8.random(in: 0...255) }
        let start = Instant.now
        var sent = 0
        while Instant.now < start + duration {
            let due = Int((Instant.now - start).milliseconds) * count
            while sent < due {
                let first = sent * 7 % 3400
                try say(Array(text[first..<(first + sent % 600)]))
                sent += 1
            }
            Patience.pause(.milliseconds(1))
        }
        // What is on its way arrives.
        Patience.pause(.milliseconds(200))
        return sent
    }
}
