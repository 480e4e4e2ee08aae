import CLinux
import Glibc
import Lab
import LinuxIO
import Primitives
import Synchronization

/// Asks the segment by ARP each millisecond who holds the virtual IP, and keeps every answer: two
/// holders are two that answer in turns.
final class HolderSampler: Sendable {
    struct Answer: Sendable {
        var at: Instant
        var mac: MACAddress
    }

    private final class Shared: Sendable {
        let answers = Mutex<[Answer]>([])
        let isStopping = Atomic<Bool>(false)
    }

    private let shared = Shared()
    private let thread: Mutex<Thread?>

    init(from host: LabHost) throws {
        let raw = try host.inside {
            try SystemCall.run("socket", "AF_PACKET on eth1") {
                unsafe hb_packet_listener("eth1", EtherType.arp.rawValue)
            }
        }
        let index = try host.inside { unsafe if_nametoindex("eth1") }
        let request = Self.request(from: host.plan)
        let shared = shared
        thread = Mutex(
            try Thread.start(name: "hb-sampler") {
                let socket = OwnedDescriptor(adopting: raw)
                while !shared.isStopping.load(ordering: .acquiring) {
                    _ = unsafe hb_packet_send(socket.raw, index, request, request.count)
                    Patience.pause(.milliseconds(1))
                    while let answer = Self.receive(socket.raw) {
                        shared.answers.withLock { $0.append(answer) }
                    }
                }
            }
        )
    }

    deinit { _ = stop() }

    @discardableResult
    func stop() -> [Answer] {
        shared.isStopping.store(true, ordering: .releasing)
        thread.withLock { $0.take() }?.join()
        return answers
    }

    var answers: [Answer] { shared.answers.withLock { $0 } }

    private static func request(from plan: HostPlan) -> [UInt8] {
        let head = MACAddress.broadcast.bytes + plan.hardwareAddress.bytes + [0x08, 0x06]
        let kind: [UInt8] = [0, 1, 0x08, 0, 6, 4, 0, 1]  // Ethernet, IPv4, lengths, request
        let sender = plan.hardwareAddress.bytes + plan.address.networkBytes
        return head + kind + sender + MACAddress.zero.bytes + HostPlan.virtualAddress.networkBytes
    }

    private static func receive(_ socket: Int32) -> Answer? {
        while true {
            var frame = [UInt8](repeating: 0, count: 128)
            let count = unsafe recv(socket, &frame, frame.count, 0)
            guard count >= 0 else { return nil }
            guard count >= 42, frame[20...21] == [0, 2],
                Array(frame[28..<32]) == HostPlan.virtualAddress.networkBytes,
                let mac = MACAddress(bytes: frame[22..<28])
            else { continue }
            return Answer(at: .now, mac: mac)
        }
    }
}

extension [HolderSampler.Answer] {
    /// Who answered, in turns.
    var turns: [MACAddress] {
        reduce(into: []) { turns, answer in
            if turns.last != answer.mac { turns.append(answer.mac) }
        }
    }

    func last(of mac: MACAddress) -> Instant? { last { $0.mac == mac }?.at }
}
