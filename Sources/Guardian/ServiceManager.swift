internal import CLinux
internal import Glibc

/// Tells systemd how the service fares (sd_notify(3)); says nothing where no systemd listens.
package struct ServiceManager {
    private let path: String?

    package init() {
        guard let value = unsafe getenv("NOTIFY_SOCKET") else {
            path = nil
            return
        }
        let text = unsafe String(cString: value)
        path = text.isEmpty ? nil : text
    }

    package func ready() { send("READY=1") }
    func alive() { send("WATCHDOG=1") }
    func stopping() { send("STOPPING=1") }
    func status(_ text: String) { send("STATUS=\(text)") }

    /// The reload begins; `ready` ends it (systemd.service(5), Type=notify-reload, harmless
    /// elsewhere).
    func reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=\(Self.monotonicMicroseconds)")
    }

    private static var monotonicMicroseconds: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    private func send(_ message: String) {
        guard let path else { return }
        // A service manager that does not listen must not stop the pair.
        _ = unsafe hb_notify(path, message)
    }
}
