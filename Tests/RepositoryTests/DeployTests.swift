import Testing

/// What `make install` puts on a node, tried as far as a machine without systemd as process 1 can.
@Suite struct DeployTests {
    private static let root = Repository.root

    @Test func `systemd accepts the unit without a remark`() throws {
        try withTemporaryFolder { folder in
            let unit = "\(folder)/ha-balancer.service"
            let path = "s|/usr/sbin/ha-balancer|\(Repository.binary)|"
            let made = Command("sed", path, "\(Self.root)/deploy/ha-balancer.service").run()
            try write(made.output, to: unit)
            let verdict = Command("systemd-analyze", "verify", "--man=no", unit).run()
            // Unknown keys are warnings, with status 0.
            #expect(verdict.status == 0 && verdict.output.isEmpty, "\(verdict.output)")
        }
    }

    @Test func `every capability of the unit has its reason in a comment`() {
        let lines = Repository.lines(of: "deploy/ha-balancer.service")
        let sets = lines.filter { $0.contains("Capabilit") && $0.contains("=") }
        #expect(sets.count == 2)
        for set in sets {
            let names = set.split(separator: "=")[1].split(separator: " ")
            #expect(names.count == 5)
            for name in names {
                #expect(lines.contains { $0.hasPrefix("# \(name) ") }, "\(name): why?")
            }
        }
    }

    @Test func `systemd would make the user that the unit runs as`() {
        let file = "\(Self.root)/deploy/sysusers.d/ha-balancer.conf"
        let verdict = Command("systemd-sysusers", "--dry-run", file).run()
        #expect(verdict.status == 0, "\(verdict.output)")
        #expect(Repository.lines(of: "deploy/ha-balancer.service").contains("User=ha-balancer"))
    }

    @Test func `the kernel knows every setting of the sysctl file`() {
        let lines = Repository.lines(of: "deploy/sysctl.d/60-ha-balancer.conf")
        let settings = lines.compactMap { $0.firstMatch(of: #/^#?(net\.\S+) = \d/#)?.output.1 }
        #expect(settings.count == 5)
        for setting in settings {
            let path = "/proc/sys/" + setting.split(separator: ".").joined(separator: "/")
            #expect(Command("test", "-e", path).run().status == 0, "\(setting)")
        }
    }

    @Test(arguments: ["ha-balancer", "glbd"])
    func `the manual page is well-formed`(_ name: String) {
        let page = "\(Self.root)/deploy/man/\(name).8"
        // Not `-W style`: it would want every page referred to on this machine.
        let lint = Command("mandoc", "-T", "lint", "-W", "warning", page).run()
        #expect(lint.status == 0, "\(lint.output)")
    }

    @Test(arguments: ["haproxy-node01", "haproxy-node02"])
    func `the example configuration is valid on each of its nodes`(_ node: String) throws {
        let lines = Repository.lines(of: "deploy/ha-balancer.cfg.example")
        try Self.expectValid(lines, on: node)
    }

    @Test func `the configuration that the README shows is valid`() throws {
        let lines = Repository.lines(of: "README.md")
            .drop { !$0.hasPrefix("defaults") }.prefix { !$0.hasPrefix("```") }
        try Self.expectValid(Array(lines), on: "haproxy-node01")
    }

    /// Has the program check it, with a key and an interface that this machine has.
    private static func expectValid(_ lines: [Substring], on node: String) throws {
        try withTemporaryFolder { folder in
            let key = "\(folder)/pair.key"
            try write("0123456789abcdef0123\n", to: key)
            let here = lines.map { line in
                line.replacing("/etc/ha-balancer/pair.key", with: key)
                    .replacing("dev eth1", with: "dev lo")
            }
            let file = "\(folder)/ha-balancer.cfg"
            try write(here.joined(separator: "\n") + "\n", to: file)
            let check = Command(Repository.binary, "check", "-f", file, "-L", node).run()
            #expect(check.status == 0, "\(check.output)")
        }
    }

    @Test func `install puts every file in its place and uninstall takes each away again`() throws {
        try withTemporaryFolder { folder in
            let settings = ["DESTDIR=\(folder)", "PREFIX=/usr", "BINARY=\(Repository.binary)"]
            let install = Command("make", "-C", Self.root, "install") { settings }.run()
            #expect(install.status == 0, "\(install.output)")
            let find = Command("find", folder, "-type", "f", "-printf", "%P %m\n")
            #expect(
                find.run().output.split(separator: "\n").map(String.init).sorted() == Self.installed
            )
            let unit = "\(folder)/usr/lib/systemd/system/ha-balancer.service"
            let start = Command("grep", "-c", "^ExecStart=/usr/sbin/ha-balancer run -f /etc/", unit)
            #expect(start.run().output == "1\n")
            let uninstall = Command("make", "-C", Self.root, "uninstall") { settings }.run()
            #expect(uninstall.status == 0, "\(uninstall.output)")
            #expect(find.run().output.isEmpty)
        }
    }

    /// Path and mode, sorted.
    private static let installed = [
        "usr/lib/sysctl.d/60-ha-balancer.conf 644",
        "usr/lib/systemd/system/ha-balancer.service 644",
        "usr/lib/sysusers.d/ha-balancer.conf 644",
        "usr/sbin/glbd 755",
        "usr/sbin/ha-balancer 755",
        "usr/share/bash-completion/completions/ha-balancer 644",
        "usr/share/doc/ha-balancer/DIFFERENCES.md 644",
        "usr/share/doc/ha-balancer/MIGRATING.md 644",
        "usr/share/doc/ha-balancer/grants.sql 644",
        "usr/share/doc/ha-balancer/ha-balancer.cfg.example 644",
        "usr/share/doc/ha-balancer/hosts.example 644",
        "usr/share/doc/ha-balancer/interfaces.example 644",
        "usr/share/man/man8/glbd.8 644",
        "usr/share/man/man8/ha-balancer.8 644",
    ]
}
