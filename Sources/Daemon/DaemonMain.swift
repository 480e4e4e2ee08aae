internal import CLinux
internal import ControlPlane
internal import Glibc
internal import Guardian
internal import Heart
internal import LinuxIO

/// The main thread of the daemon process: starts the parts, carries out signals, ends the parts.
package enum DaemonMain {
    private enum Token {
        static let signal: UInt64 = 1
        static let request: UInt64 = 2
        static let guardian: UInt64 = 3
    }

    /// Runs the daemon until it is told to end.
    /// - Returns: the exit status: 0 after an orderly end, 1 when it could not start.
    package static func run(_ options: DaemonOptions) -> Int32 {
        do {
            // Before any thread exists: all of them inherit the blocked signals.
            let raw = try SystemCall.run("signalfd") { hb_termination_signalfd() }
            let signals = OwnedDescriptor(adopting: raw)
            let daemon = try Daemon(options)
            try daemon.start(page: options.page, fence: options.fence)
            let link = options.link
            defer { daemon.tearDown() }
            let clerk = try startClerk(daemon, link)
            let state = try startStore(daemon)
            // What only the start needed. With a pair, memory is locked, and what the heart has
            // touched stays.
            hb_release_code()
            if let link {
                link.say(.ready)
            } else {
                // No guardian says so.
                ServiceManager().ready()
            }
            let outcome = Result { () throws(SystemError) in
                try serve(daemon, signals: signals.raw, link: link)
            }
            // Those who use the parts end before the parts do.
            daemon.heart?.halt()
            daemon.endReports()
            clerk.join()
            daemon.store.give(.end)
            state.join()
            try outcome.get()
            return 0
        } catch {
            StandardError.write("<3>", "\(error)")
            return 1
        }
    }

    private static func startClerk(_ daemon: Daemon, _ link: GuardianLink?) throws(SystemError)
        -> Thread
    {
        let clerk = try Clerk(daemon) { link?.say(.alive) }
        // Made here so that its errors come out here, used on its thread alone.
        nonisolated(unsafe) let handedOver = clerk
        return try Thread.start(name: "clerk") { unsafe handedOver.run() }
    }

    private static func startStore(_ daemon: Daemon) throws(SystemError) -> Thread {
        try daemon.store.start(
            written: { job in
                if case .epoch(let epoch) = job { daemon.heart?.epochsReserved(upTo: epoch) }
            },
            failed: { error in
                daemon.log.line(
                    .warning,
                    "the state directory cannot be written (\(error)): epoch and maintenance "
                        + "may be "
                        + "forgotten at the next start"
                )
            }
        )
    }

    private static func serve(
        _ daemon: Daemon,
        signals: Int32,
        link: GuardianLink?
    ) throws(SystemError) {
        var epoll = try Epoll()
        try epoll.add(signals, .readable, token: Token.signal)
        try epoll.add(daemon.requests.descriptor, .readable, token: Token.request)
        if let descriptor = link?.descriptor.raw {
            try epoll.add(descriptor, [.readable, .endOfStream], token: Token.guardian)
        }
        var desk = SignalDesk(daemon)
        while !desk.isOver() {
            var tokens: [UInt64] = []
            try epoll.wait(timeout: desk.patience) { token, _ in tokens.append(token) }
            if tokens.contains(Token.guardian), let descriptor = link?.descriptor.raw {
                daemon.log.line(.alert, "the guardian is gone: leaving in order")
                try epoll.remove(descriptor)
                desk.stop()
            }
            while case let signal = hb_read_signal(signals), signal != 0 { desk.take(signal) }
            for request in daemon.requests.takeAll() {
                switch request {
                case .reload(let isTakeover, let reply):
                    reply(isTakeover ? desk.takeOver() : daemon.reload())
                case .perform(let work): work(daemon)
                case .exit: return
                }
            }
        }
    }
}
