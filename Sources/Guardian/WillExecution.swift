internal import Glibc
internal import LinuxIO
internal import Primitives
package import VIPKernel
internal import VIPManager

extension Will {
    /// Carries it out. With a fence: closes it, which the kernel obeys at once, tells the peer, and
    /// then removes the address. Without: the address first, so that the peer never acts while it
    /// still answers here. The release frame goes three times on each rail against loss.
    ///
    /// Each part is tried whatever became of the others.
    /// - Parameter fence: the deadline that the dead daemon shared.
    /// - Returns: what could not be done, in words for the log.
    package func execute(closing fence: FenceDeadline? = nil) -> [String] {
        if let fence, let complaints = executeFirstPart(closing: fence) {
            return complaints + removeAddresses()
        }
        fence?.close()
        let complaints = removeAddresses()
        // The peer would act at once on our word: with an address left it must wait for silence.
        return complaints.isEmpty ? tellPeer() : complaints
    }

    /// What does not have to wait until the daemon's sockets are closed: behind the fence the
    /// address may stay so long, and has to, since their resets leave from it.
    /// - Returns: as `execute`; `nil` where no fence was there to be closed, and nothing was done
    func executeFirstPart(closing fence: FenceDeadline) -> [String]? {
        guard isFenced else { return nil }
        fence.close()
        return tellPeer()
    }

    func removeAddresses() -> [String] {
        var complaints: [String] = []
        do {
            for (address, fault) in try AddressRemoval.remove(addresses) {
                complaints.append("\(address) may still be here: \(fault)")
            }
        } catch {
            complaints.append("the virtual addresses may still be here: \(error)")
        }
        return complaints
    }

    private func tellPeer() -> [String] {
        guard !frame.isEmpty else { return [] }
        var complaints: [String] = []
        for rail in rails {
            do {
                try send(on: rail)
            } catch {
                complaints.append("could not tell \(rail.to): \(error)")
            }
        }
        for interface in ethernetRails {
            do {
                let socket = try EthernetSocket(interface, filter: nil)
                for _ in 0..<3 { try socket.send(frame, to: .broadcast) }
            } catch {
                complaints.append("could not tell the segment of \(interface): \(error)")
            }
        }
        return complaints
    }

    private func send(on rail: Rail) throws(SystemError) {
        let socket = try Socket(.datagram, for: rail.from)
        // The port of the rail, as the peer's connected socket takes nothing from another one. The
        // heart's own socket may not be closed yet.
        try socket.set(SOL_SOCKET, SO_REUSEPORT, 1)
        try socket.bind(to: Endpoint(rail.from, rail.to.port))
        try socket.connect(to: rail.to)
        for _ in 0..<3 { try socket.send(frame) }
    }
}
