internal import Primitives

/// Checks a whole `pair` section.
enum PairAssembly {
    /// The settings, or `nil` with the reasons among the findings.
    static func assemble(_ draft: PairDraft, _ findings: inout Findings) -> PairSettings? {
        checkNodes(draft, &findings)
        checkHeartbeat(draft, &findings)
        checkVirtualAddresses(draft, &findings)
        checkTracks(draft, &findings)
        checkArbiter(draft, &findings)
        guard let secretFile = draft.secretFile else {
            if !draft.faulty.contains("secret-file") {
                findings.add(
                    .error,
                    at: draft.location,
                    "pair '\(draft.name)' has no 'secret-file': heartbeats are always authenticated"
                )
            }
            return nil
        }
        return PairSettings(
            name: draft.name,
            location: draft.location,
            nodes: draft.nodes,
            virtualAddresses: draft.virtualAddresses,
            ethernetRails: draft.ethernetRails,
            secretFile: secretFile.text,
            secretFileLocation: secretFile.location,
            heartbeat: draft.heartbeat,
            bootHold: draft.bootHold,
            preempts: draft.preempts,
            onChange: draft.onChange,
            tracks: draft.tracks,
            arbiter: draft.arbiter
        )
    }

    private static func checkNodes(_ draft: PairDraft, _ findings: inout Findings) {
        for extra in draft.nodes.dropFirst(2) {
            findings.add(
                .error,
                at: extra.location,
                "a pair has exactly two nodes: make one more pair, with its own virtual address"
            )
        }
        guard draft.nodes.count >= 2 else {
            guard !draft.faulty.contains("node") else { return }
            findings.add(
                .error,
                at: draft.location,
                "pair '\(draft.name)' has \(draft.nodes.count) of exactly two 'node' lines"
            )
            return
        }
        let (first, second) = (draft.nodes[0], draft.nodes[1])
        guard first.addresses.count == second.addresses.count else {
            findings.add(
                .error,
                at: second.location,
                "'\(first.name)' has \(first.addresses.count) and '\(second.name)' has"
                    + " \(second.addresses.count) addresses: each pair of addresses is one rail"
            )
            return
        }
        for (left, right) in zip(first.addresses, second.addresses) where left.isV4 != right.isV4 {
            findings.add(
                .error,
                at: second.location,
                "\(left) and \(right) cannot be one rail: one is IPv4, the other IPv6"
            )
        }
        for address in second.addresses where first.addresses.contains(address) {
            findings.add(.error, at: second.location, "both nodes have the address \(address)")
        }
    }

    private static func checkHeartbeat(_ draft: PairDraft, _ findings: inout Findings) {
        let heartbeat = draft.heartbeat
        let (least, count, reason) =
            draft.arbiter == nil
            ? (3, "three", "one lost beat is no death")
            : (5, "five", "with an arbiter, three of them are its time to answer")
        guard heartbeat.deadAfter < heartbeat.interval * least else { return }
        findings.add(
            .error,
            at: draft.heartbeatLocation ?? draft.arbiter?.location ?? draft.location,
            "'dead-after' (\(Arguments.describe(heartbeat.deadAfter))) must be at least \(count)"
                + " times 'every' (\(Arguments.describe(heartbeat.interval))): \(reason)"
        )
    }

    private static func checkVirtualAddresses(_ draft: PairDraft, _ findings: inout Findings) {
        if draft.virtualAddresses.isEmpty, !draft.faulty.contains("virtual-ip") {
            findings.add(.error, at: draft.location, "pair '\(draft.name)' has no 'virtual-ip'")
        }
        for virtual in draft.virtualAddresses {
            for node in draft.nodes where node.addresses.contains(virtual.address) {
                findings.add(
                    .error,
                    at: virtual.location,
                    "\(virtual.address) is the address of node '\(node.name)': a virtual address"
                        + " belongs to no host"
                )
            }
        }
    }

    /// What answers by itself tells nothing.
    private static func checkTracks(_ draft: PairDraft, _ findings: inout Findings) {
        for track in draft.tracks {
            guard case .gateway(let address) = track.subject else { continue }
            let isVirtual = draft.virtualAddresses.contains { $0.address == address }
            guard isVirtual || draft.nodes.contains(where: { $0.addresses.contains(address) })
            else { continue }
            findings.add(
                .error,
                at: track.location,
                "\(address) is an address of this pair: a gateway is another host, which answers"
                    + " where the network works"
            )
        }
    }
    /// What moves or dies with the nodes decides nothing between them.
    private static func checkArbiter(_ draft: PairDraft, _ findings: inout Findings) {
        guard let arbiter = draft.arbiter else { return }
        let addresses = arbiter.members.map { member -> IPAddress? in
            if case .address(let address) = member.host { address } else { nil }
        }
        for case let address? in addresses
        where draft.virtualAddresses.contains(where: { $0.address == address }) {
            findings.add(
                .error,
                at: arbiter.location,
                "\(address) is a virtual address of this pair: who has it is what the arbiter"
                    + " decides"
            )
        }
        for node in draft.nodes
        where addresses.allSatisfy({ $0.map(node.addresses.contains) ?? false }) {
            findings.add(
                .warning,
                at: arbiter.location,
                "the whole arbiter is at '\(node.name)': when that node dies, the other one cannot"
                    + " ask and does not take over"
            )
        }
    }
}
