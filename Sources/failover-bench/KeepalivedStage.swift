internal import ControlPlane
internal import Glibc
internal import Lab
internal import LinuxIO
internal import Primitives

/// Debian's keepalived and HAProxy on both nodes, as many run them: VRRP by unicast, a script that
/// looks for the balancer's process, `nopreempt`, so that nothing moves back by itself.
final class KeepalivedStage: Stage {
    private let network: LabNetwork
    private let setting: Setting
    private let directory: TemporaryDirectory
    private let hosts: [LabHost]
    private var keepalived: [ChildProcess?] = [nil, nil]
    private var haproxy: [ChildProcess?] = [nil, nil]

    init(_ network: LabNetwork, _ setting: Setting) throws {
        self.network = network
        self.setting = setting
        directory = try TemporaryDirectory("keepalived")
        hosts = [network[.node01], network[.node02]]
        for node in hosts.indices {
            try TextFile.write(haproxyConfiguration(node), to: path(node, "haproxy.cfg"))
            try TextFile.write(keepalivedConfiguration(node), to: path(node, "keepalived.conf"))
            let script = path(node, "check.sh")
            let pidFile = path(node, "haproxy.pid")
            try TextFile.write("#!/bin/sh\nkill -0 \"$(cat \(pidFile))\"\n", to: script)
            guard unsafe chmod(script, 0o700) == 0 else { throw SystemError.last("chmod", script) }
        }
    }

    private func path(_ node: Int, _ name: String) -> String { "\(directory.path)/\(node)-\(name)" }

    private func haproxyConfiguration(_ node: Int) -> String {
        """
        global
            maxconn 32768
            pidfile \(path(node, "haproxy.pid"))
            stats socket \(path(node, "haproxy.sock")) mode 600 level admin
        defaults
            mode tcp
            option dontlognull
            option redispatch
            retries 3
            timeout connect 5s
            timeout client 1h
            timeout server 1h

        """ + LabPair.Options().proxyLines.joined(separator: "\n") + "\n"
    }

    private func keepalivedConfiguration(_ node: Int) -> String {
        let interval = setting == .standard ? "1" : "0.02"
        return """
            global_defs {
                router_id node\(node)
                script_user root
                enable_script_security
                vrrp_version 3
            }
            vrrp_script balancer {
                script "\(path(node, "check.sh"))"
                interval 1
                fall 1
                rise 1
            }
            vrrp_instance VI_1 {
                state BACKUP
                interface eth1
                virtual_router_id 51
                priority \(150 - 50 * node)
                advert_int \(interval)
                nopreempt
                unicast_src_ip \(hosts[node].address)
                unicast_peer {
                    \(hosts[1 - node].address)
                }
                virtual_ipaddress {
                    \(HostPlan.virtualAddress)/32 dev eth1
                }
                track_script {
                    balancer
                }
            }

            """
    }

    func start() throws {
        for node in hosts.indices { try start(node) }
    }

    private func start(_ node: Int) throws {
        try startBalancer(node)
        try startKeepalived(node)
    }

    private func startBalancer(_ node: Int) throws {
        let child = try spawn(node, "haproxy", ["-db", "-f", path(node, "haproxy.cfg")])
        // In the foreground HAProxy writes no pid file.
        try TextFile.write("\(child.pid)\n", to: path(node, "haproxy.pid"))
        haproxy[node] = child
    }

    private func startKeepalived(_ node: Int) throws {
        keepalived[node] = try spawn(
            node,
            "keepalived",
            [
                "-n", "-l", "-D", "-P", "-f", path(node, "keepalived.conf"), "-p",
                path(node, "keepalived.pid"), "-r", path(node, "vrrp.pid"),
            ]
        )
    }

    private func spawn(_ node: Int, _ program: String, _ arguments: [String]) throws
        -> ChildProcess
    {
        let raw = try SystemCall.run("open", path(node, "log")) {
            unsafe open(path(node, "log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        }
        let log = OwnedDescriptor(adopting: raw)
        return try hosts[node].spawn(
            program,
            arguments,
            descriptors: [1: log.raw, 2: log.raw]
        )
    }

    func holderIfComplete() throws -> Int? {
        let holders = try hosts.indices.filter {
            try hosts[$0].addresses().contains(HostPlan.virtualAddress)
        }
        guard holders.count == 1 else { return nil }
        for node in hosts.indices {
            guard keepalived[node]?.tryWait() == nil, haproxy[node]?.tryWait() == nil else {
                throw LabError("a program of node \(node) ended:\n\(log)")
            }
            let client = RuntimeAPIClient(path: path(node, "haproxy.sock"))
            guard let answer = try? client.request(["show", "stat"]),
                answer.matches(of: #/,UP,/#).count >= 3
            else { return nil }
        }
        return holders[0]
    }

    func killBalancer(_ node: Int) throws {
        haproxy[node]?.killGroup(SIGKILL)
        haproxy[node]?.wait()
    }

    func killAll(_ node: Int) throws {
        keepalived[node]?.killGroup(SIGKILL)
        keepalived[node]?.wait()
    }

    func signalAll(_ node: Int, _ signal: Int32) throws {
        keepalived[node]?.killGroup(signal)
        haproxy[node]?.killGroup(signal)
    }

    func movePlanned(from node: Int) throws {
        keepalived[node]?.kill(SIGTERM)
    }

    func revive(_ node: Int) throws {
        try killAll(node)
        try killBalancer(node)
        // The next one would take a child that nobody has reaped yet for a running keepalived.
        for name in ["keepalived.pid", "vrrp.pid"] { unsafe unlink(path(node, name)) }
        // What a boot would have taken away.
        if try hosts[node].addresses().contains(HostPlan.virtualAddress) {
            try hosts[node].removeAddress(HostPlan.virtualAddress)
        }
        try start(node)
    }

    /// IP protocol 112.
    func blockHeartbeats() throws { try network.blockVRRP() }

    func activations() throws -> Int {
        log.matches(of: #/Entering MASTER STATE/#).count
    }

    var log: String {
        hosts.indices.map { (try? TextFile.read(path($0, "log"))) ?? "" }.joined()
    }
}
