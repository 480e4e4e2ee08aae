internal import Glibc
internal import LinuxIO
internal import Primitives

/// A crash loop: the daemon is left in peace, and somebody says why.
extension Guardian {
    /// Waits until there is to be another try, with a spokesman for the daemon meanwhile: a process
    /// that answers on the control sockets and touches nothing else. Where not even that one lives,
    /// the journal has the reason.
    /// - Parameter lastEnd: how the daemon ended last
    /// - Returns: `false` if the node is to stop instead
    func beInFault(for delay: Duration, lastEnd: String) -> Bool {
        let fault =
            "its daemon died \(RestartPolicy.loop) times in a row, the last time: \(lastEnd)"
        log(
            "fault: \(fault). Next try in \(delay.milliseconds / 1000) s, or at once by "
                + "`ha-balancer reload`, SIGHUP or a restart"
        )
        supervisor.status("fault: \(fault)")
        let end = Instant.now + delay
        let spokesman = startSpokesman(fault)
        let process = spokesman?.process
        // Told to reload, it ends in order.
        let goesOn = pause(delay, watching: process?.pidfd ?? -1, endsByReload: true) {
            process?.tryWait() == .exited(0)
        }
        process?.kill(SIGKILL)
        process?.wait()
        if goesOn, Instant.now < end { policy.forgive() }
        if goesOn { log("the daemon is started once more") }
        return goesOn
    }

    private final class Spokesman {
        let process: ChildProcess
        /// Its other end is how the process learns that the guardian has gone.
        private let link: OwnedDescriptor

        init(process: ChildProcess, link: consuming OwnedDescriptor) {
            self.process = process
            self.link = link
        }
    }

    private func startSpokesman(_ fault: String) -> Spokesman? {
        do {
            let (own, childs) = try GuardianLink.pair()
            let link = OwnedDescriptor(adopting: own)
            let childLink = OwnedDescriptor(adopting: childs)
            let process = try ChildProcess.spawn(
                program,
                arguments,
                environment: [
                    GuardianLink.linkVariable: "3", GuardianLink.faultVariable: fault,
                    "NOTIFY_SOCKET": "", "WATCHDOG_USEC": "",
                ],
                descriptors: [3: childLink.raw, 5: lock.descriptor.raw],
                newProcessGroup: true
            )
            return Spokesman(process: process, link: link)
        } catch {
            log("nobody can speak for the daemon: \(error)")
            return nil
        }
    }
}
