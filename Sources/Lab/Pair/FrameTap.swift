internal import CLinux
internal import Glibc
internal import LinuxIO
package import Primitives
internal import Synchronization

/// What an Ethernet frame carries.
package enum EtherType: UInt16, Sendable {
    case ipv4 = 0x0800
    case arp = 0x0806
    case ipv6 = 0x86DD
    /// Heartbeats of `rail ethernet`.
    case beats = 0x88B5
}

/// Listens to what arrives at a host's `eth1`, frame by frame.
///
/// It runs from `init` until `stop`, or until its owner lets go of it.
package final class FrameTap: Sendable {
    /// Later frames are lost: a test that needs more asks for too much.
    package static let limit = 2000

    package struct Frame: Sendable, Equatable {
        /// When the tap's thread read it: a little after it arrived.
        package let at: Instant
        /// From the destination's hardware address on, without the frame check sequence.
        package let bytes: [UInt8]
    }

    private final class Shared: Sendable {
        let frames = Mutex<[Frame]>([])
    }

    private let shared = Shared()
    private let service: Service

    /// - Parameter isWanted: which frames are kept; called on the tap's thread.
    package init(
        on host: LabHost,
        _ type: EtherType,
        where isWanted: @escaping @Sendable ([UInt8]) -> Bool = { _ in true }
    ) throws {
        // Before the thread runs: what happens right after `init` is heard.
        let raw = try host.inside {
            try SystemCall.run("socket", "AF_PACKET on eth1") {
                unsafe hb_packet_listener("eth1", type.rawValue)
            }
        }
        let shared = shared
        service = try Service(name: "hb-tap", on: nil) { control in
            let socket = OwnedDescriptor(adopting: raw)
            while !control.isStopping {
                Self.wait(for: socket.raw, control.wake.descriptor.raw)
                while let bytes = Self.receive(socket.raw) {
                    guard isWanted(bytes) else { continue }
                    let frame = Frame(at: .now, bytes: bytes)
                    shared.frames.withLock { if $0.count < Self.limit { $0.append(frame) } }
                }
            }
        }
    }

    /// Those heard so far, in the order of their arrival.
    package var frames: [Frame] { shared.frames.withLock { $0 } }

    /// Hears nothing more.
    @discardableResult
    package func stop() -> [Frame] {
        service.stop()
        return frames
    }

    private static func wait(for socket: Int32, _ wake: Int32) {
        var entries = [socket, wake].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        _ = unsafe poll(&entries, 2, -1)
    }

    /// The next frame that waits; `nil` when there is none.
    private static func receive(_ socket: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 2048)
        let count = unsafe recv(socket, &buffer, buffer.count, 0)
        return count >= 0 ? Array(buffer.prefix(count)) : nil
    }
}
