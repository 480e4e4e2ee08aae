import Diagnosis
import Primitives
import Testing

/// Rights, kernel settings, and other programs of the host.
@Suite struct HostTests {
    @Test func `each missing capability is a failure of its own`() {
        let found = Hosts.findings(.capability) {
            $0.rights?.capabilities = ~(1 << 39 | 1 << 13)
        }
        #expect(found.map(\.verdict) == [.failure, .failure])
        #expect(found[0].text.contains("CAP_NET_RAW"))
        #expect(found[1].text.contains("CAP_BPF"))
    }

    @Test func `a refused fence is a warning, for the pair does without`() {
        let found = Hosts.findings(.fence) { $0.rights?.fence = .refused("bpf: not permitted") }
        #expect(found.map(\.verdict) == [.warning])
        #expect(
            Hosts.findings(.fence) { $0.rights?.fence = .notTried("no namespace") }
                .map(\.verdict) == [.unknown]
        )
    }

    @Test func `the greater of the value for all and of the interface's own counts`() {
        let set: (String, String) -> (inout Facts) -> Void = { name, value in
            { $0.kernel.settings[name] = value }
        }
        let arp = "net/ipv4/conf/all/arp_ignore"
        #expect(Hosts.findings(.sysctl, set(arp, "0")).map(\.verdict) == [.warning])
        let own = Hosts.findings(.sysctl) { facts in
            facts.kernel.settings[arp] = "0"
            facts.kernel.settings["net/ipv4/conf/eth1/arp_ignore"] = "1"
        }
        #expect(own == [])
    }

    @Test func `strict reverse path filtering matters where the way out is another interface`() {
        let strict: (inout Facts) -> Void = {
            $0.kernel.settings["net/ipv4/conf/eth1/rp_filter"] = "1"
        }
        #expect(Hosts.findings(.sysctl, strict) == [])
        let away = Hosts.findings(.sysctl) { facts in
            strict(&facts)
            facts.kernel.defaultRoutes = ["eth0"]
        }
        #expect(away.map(\.verdict) == [.warning])
        let loose = Hosts.findings(.sysctl) { facts in
            strict(&facts)
            facts.kernel.settings["net/ipv4/conf/all/rp_filter"] = "2"
            facts.kernel.defaultRoutes = ["eth0"]
        }
        #expect(loose == [])
        let same = Hosts.findings(.sysctl) { facts in
            strict(&facts)
            facts.kernel.defaultRoutes = ["eth1"]
        }
        #expect(same == [])
    }

    @Test(arguments: [
        ("6.1.0-40-amd64", 0, "10240 37887", 0), ("6.1.0-40-amd64", 0, "32768 60999", 1),
        ("6.1.0-40-amd64", 1, "37888 65535", 0), ("6.1.0-40-amd64", 1, "10240 37887", 1),
        ("6.3.0", 0, "32768 60999", 0), ("6.18.1", 1, "32768 60999", 0),
        ("5.10.0", 0, "32768 60999", 1),
    ])
    func `before Linux 6.3 each node has its half of the ports`(
        release: String,
        order: Int,
        range: String,
        warnings: Int
    ) {
        let found = Hosts.findings(.sysctl) { facts in
            facts.kernel.release = release
            facts.order = order
            facts.kernel.settings["net/ipv4/ip_local_port_range"] = range
        }
        #expect(found.count == warnings)
    }

    @Test(arguments: [
        ("/etc/network/interfaces", "iface eth1 inet static\n  address 10.0.0.100/32\n", 2),
        ("/etc/netplan/1.yaml", "eth1:\n  addresses: [10.0.0.10/8, \"10.0.0.100/8\"]\n", 2),
        ("/etc/systemd/network/1.network", "[Network]\nAddress=10.0.0.100/8\n", 2),
        ("/x.nmconnection", "address1=10.0.0.10/8\naddress2=10.0.0.100/32\n", 2),
    ])
    func `a file that names the virtual IP fails, with its line`(
        path: String,
        text: String,
        line: Int
    ) {
        let found = Hosts.findings(.networkFiles) {
            $0.networkFiles = [NetworkFile(path: path, text: text)]
        }
        #expect(found.map(\.verdict) == [.failure])
        #expect(found.first?.text.hasPrefix("\(path):\(line) names 10.0.0.100") == true)
    }

    @Test(arguments: ["# 10.0.0.100 is not for here", "address 110.0.0.100", "address 10.0.0.10"])
    func `a comment or another address that looks alike is none of it`(line: String) {
        let found = Hosts.findings(.networkFiles) {
            $0.networkFiles = [NetworkFile(path: "/etc/network/interfaces", text: line + "\n")]
        }
        #expect(found == [])
    }

    @Test(arguments: [(String?.none, 1), ("no", 1), ("dhcp", 1), ("static", 0), ("yes", 0)])
    func `networkd must be told to keep what it did not add`(keep: String?, warnings: Int) {
        let found = Hosts.findings(.networkFiles) {
            $0.networkd = [
                NetworkdFact(
                    interface: "eth1",
                    file: "/etc/systemd/network/10-eth1.network",
                    keepConfiguration: keep
                )
            ]
        }
        #expect(found.count == warnings)
    }

    @Test func `a node name at 127_0_1_1 is warned of, an unknown one is not`() {
        let found = Hosts.findings(.hostName) {
            $0.names[0].resolved = [.v4(0x7F00_0101)]
        }
        #expect(found.map(\.verdict) == [.warning])
        #expect(found[0].text.contains("127.0.1.1"))
        #expect(Hosts.findings(.hostName) { $0.names[0].resolved = [] } == [])
        let other = Hosts.findings(.hostName) { $0.names[0].resolved = [.v4(0x0A00_0063)] }
        #expect(other.map(\.verdict) == [.warning])
    }

    @Test func `a plain balancer is not asked about a pair`() {
        var facts = Facts(node: "lb")
        facts.listeners = [Hosts.listener(.free)]
        let diagnosis = Diagnosis(facts)
        #expect(diagnosis.exitStatus == 0)
        #expect(diagnosis.findings.contains { $0.text.contains("plain balancer") })
        #expect(!diagnosis.findings.contains { $0.topic == .rail || $0.topic == .sysctl })
    }
}
