import CLinux
import Glibc
import Lab
import LinuxIO

/// systemd's notification socket (sd_notify(3)) and what it has heard.
final class ServiceManagerSocket {
    let path: String
    private let socket: Socket
    private var heard: [String] = []

    init(in directory: String) throws {
        path = directory + "/notify"
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let raw = try SystemCall.run("socket") { Glibc.socket(AF_UNIX, type, 0) }
        socket = Socket(adopting: OwnedDescriptor(adopting: raw))
        try SystemCall.run("bind", path) { unsafe hb_unix_bind(raw, path) }
    }

    /// All so far, in their order.
    var messages: [String] {
        while let bytes = try? socket.receive(limit: 4096) {
            heard.append(String(decoding: bytes, as: UTF8.self))
        }
        return heard
    }

    /// Waits for a message that begins like this.
    func hears(_ beginning: String) -> Bool {
        Patience.wait(.seconds(5)) { messages.contains { $0.hasPrefix(beginning) } }
    }
}
