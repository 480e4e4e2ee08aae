import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

@Suite(.serialized) struct LabNetworkTests {
    @Test func `a network comes and goes with nothing left`() throws {
        let network = try LabNetwork()
        let names = network.hosts.map(\.namespace)
        #expect(try namespaces().isSuperset(of: names))
        for host in network.hosts {
            #expect(try host.addresses().contains(host.address))
        }
        _ = try network[.client].spawn("sleep", ["600"])
        try network.close()
        try expectNothingLeft(of: names)
    }

    @Test func `a network that somebody lets go of takes its processes along`() throws {
        var network: LabNetwork? = try LabNetwork([.client])
        let names = network?.hosts.map(\.namespace) ?? []
        let child = try network?[.client].spawn("sleep", ["600"])
        network = nil
        #expect(child?.tryWait() == .signaled(SIGKILL))
        try expectNothingLeft(of: names)
    }

    @Test func `nothing is left when a network cannot be made`() throws {
        let first = HostPlan("in-vain", HostPlan.node01.address)
        let twice = HostPlan("in-vain", HostPlan.node02.address)
        #expect(throws: LabError.self) { try LabNetwork([first, twice]) }
        #expect(try namespaces().allSatisfy { !$0.hasSuffix("-in-vain") })
        // Another test may be about to plug hosts into a switch of its own.
        #expect(try Patience.wait(.seconds(5)) { try switchesWithoutHosts().isEmpty })
    }

    @Test func `what a killed run left behind is swept away`() throws {
        let gone = try ChildProcess.spawn("true")
        gone.wait()
        let name = "hb\(gone.pid)-0-client"
        try Command.check("ip", ["netns", "add", name])
        try Command.check("mkdir", ["/tmp/hb\(gone.pid)-left-behind"])
        let stray = try ChildProcess.spawn("ip", ["netns", "exec", name, "sleep", "600"])
        // Until ip has become sleep, it is not in the namespace yet.
        #expect(
            try Patience.wait(.seconds(5)) {
                try !Command.check("ip", ["netns", "pids", name]).isEmpty
            }
        )
        try LabNetwork.sweepLeftovers()
        #expect(stray.wait() == .signaled(SIGKILL))
        #expect(try !namespaces().contains(name))
        #expect(unsafe access("/tmp/hb\(gone.pid)-left-behind", F_OK) == -1)
    }

    @Test func `hosts reach each other until the cable is pulled`() throws {
        let network = try LabNetwork([.node01, .client])
        let (node, client) = (network[.node01], network[.client])
        #expect(try datagram(from: client, arrivesAt: node))
        try network.linkDown(node)
        #expect(try !datagram(from: client, arrivesAt: node))
        try network.linkUp(node)
        #expect(try datagram(from: client, arrivesAt: node))
        try network.isolate(node)
        #expect(try !datagram(from: client, arrivesAt: node))
        try network.unblockAll()
        #expect(try datagram(from: client, arrivesAt: node))
        try network.close()
    }

    @Test func `UDP is blocked one way and the other way stays open`() throws {
        let network = try LabNetwork([.node01, .node02])
        let (one, two) = (network[.node01], network[.node02])
        #expect(try datagram(from: one, arrivesAt: two))
        try network.blockUDP(port: 694, from: one, to: two)
        #expect(try !datagram(from: one, arrivesAt: two))
        #expect(try datagram(from: two, arrivesAt: one))
        try network.close()
    }

    @Test func `an address is held by the host that was given it and by nobody after a power cut`()
        throws
    {
        let network = try LabNetwork([.node01, .node02, .client])
        let probe = try ARPProbe(from: network[.client])
        #expect(try network.holders(of: HostPlan.virtualAddress).isEmpty)
        #expect(try probe.answers(for: HostPlan.virtualAddress).isEmpty)
        try network[.node02].addAddress(HostPlan.virtualAddress)
        #expect(try network.holders(of: HostPlan.virtualAddress).map(\.plan) == [.node02])
        #expect(
            try probe.answers(for: HostPlan.virtualAddress) == [HostPlan.node02.hardwareAddress]
        )
        try network.powerOff(network[.node02])
        #expect(try probe.answers(for: HostPlan.virtualAddress).isEmpty)
        try network[.node02].removeAddress(HostPlan.virtualAddress)
        #expect(try network.holders(of: HostPlan.virtualAddress).isEmpty)
        try network.close()
    }

    private func datagram(from source: LabHost, arrivesAt destination: LabHost) throws -> Bool {
        let target = Endpoint(destination.address, 694)
        let receiver = try destination.inside { () throws -> Int32 in
            let socket = try Socket(.datagram, for: target.address)
            try socket.bind(to: target)
            return socket.release().release()
        }
        defer { Glibc.close(receiver) }
        try source.inside {
            let socket = try Socket(.datagram, for: target.address)
            try socket.connect(to: target)
            var byte: UInt8 = 1
            try SystemCall.run("send") { unsafe send(socket.descriptor.raw, &byte, 1, 0) }
        }
        var entry = pollfd(fd: receiver, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, 300) == 1
    }
}

/// Neither the namespaces nor their switch nor their files are there.
private func expectNothingLeft(of names: [String]) throws {
    let switches = names.compactMap { switchName(of: $0) }
    let left = try namespaces().intersection(names + switches)
    #expect(left.isEmpty)
    for name in names {
        #expect(unsafe access("/etc/netns/\(name)", F_OK) == -1)
    }
}

/// All namespaces that `ip netns` lists.
private func namespaces() throws -> Set<String> {
    let listed = try Command.check("ip", ["netns", "list"]).split(separator: "\n")
    return Set(listed.compactMap { $0.split(separator: " ").first.map(String.init) })
}

/// Those of this process that no host belongs to.
private func switchesWithoutHosts() throws -> [String] {
    let own = try namespaces().filter { $0.hasPrefix("hb\(getpid())-") }
    let used = Set(own.filter { !$0.hasSuffix("-switch") }.compactMap { switchName(of: $0) })
    return own.filter { $0.hasSuffix("-switch") && !used.contains($0) }
}

/// The namespace of the switch that a host is plugged into, by their common prefix.
private func switchName(of namespace: String) -> String? {
    let parts = namespace.split(separator: "-", maxSplits: 2)
    return parts.count == 3 ? "\(parts[0])-\(parts[1])-switch" : nil
}
