internal import LinuxIO
internal import Primitives
internal import VIPKernel
internal import VIPManager

extension Will {
    /// Carries it out: the address first, so that the peer never acts while it still answers here,
    /// then the release frame, three times on each rail against loss.
    ///
    /// Each part is tried whatever became of the others.
    /// - Returns: what could not be done, in words for the log.
    package func execute() -> [String] {
        var complaints: [String] = []
        do {
            for (address, fault) in try AddressRemoval.remove(addresses) {
                complaints.append("\(address) may still be here: \(fault)")
            }
        } catch {
            complaints.append("the virtual addresses may still be here: \(error)")
        }
        // The peer would act at once on our word: with an address left it must wait for silence.
        guard complaints.isEmpty, !frame.isEmpty else { return complaints }
        for rail in rails {
            do {
                try send(on: rail)
            } catch {
                complaints.append("could not tell \(rail.to): \(error)")
            }
        }
        return complaints
    }

    private func send(on rail: Rail) throws(SystemError) {
        let socket = try Socket(.datagram, for: rail.from)
        // The port of the rail, as the peer's connected socket takes nothing from another one.
        try socket.bind(to: Endpoint(rail.from, rail.to.port))
        try socket.connect(to: rail.to)
        for _ in 0..<3 { try socket.send(frame) }
    }
}
