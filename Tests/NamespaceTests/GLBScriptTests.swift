import Lab
import LinuxIO
import Primitives
import Testing

/// The article's init script for the Galera Load Balancer with our `glbd`: in a host of its own
/// (network, processes, files), where the program lies as /usr/sbin/glbd.
@Suite struct GLBScriptTests {
    /// `$1`: a folder with hosts and sbin, where glbd and the script (init) are. Each step prints
    /// its title and its status.
    private static let scene = #"""
        ip link set lo up
        mount --bind "$1/hosts" /etc/hosts
        mount --bind "$1/sbin" /usr/sbin
        mount -t tmpfs -o mode=1777 none /tmp
        cd /
        for number in 2 3 4 5 6; do
            socat TCP-LISTEN:8000,bind=127.0.0.$number,fork,reuseaddr \
                SYSTEM:"echo 127.0.0.$number; cat" &
        done
        step() {
            echo "== $*"
            bash /usr/sbin/init "$@" 2>&1
            echo "status $?"
        }
        served() { sleep 2 | socat -t 0.1 - TCP:127.0.0.1:8010; }
        title() { echo "== $*"; }
        sleep 0.3
        step start
        title process
        pidof glbd | wc -w
        ps -C glbd -o user=,args=
        stat -c %A /tmp/glbd.fifo
        step start
        step getinfo
        title eleven clients
        for number in 1 2 3 4 5 6 7 8 9 10 11 12 13; do served & clients="$clients $!"; done
        sleep 1
        step getstats
        step status
        wait $clients
        step add 127.0.0.6:8000:9
        step add 127.0.0.6
        step add nonsense:8000
        step add
        step remove djdb3:8000
        step remove djdb3:8000
        title drain
        echo divjobs3:8000:0 | nc 127.0.0.1 8011
        title fifo
        echo djdb2:8000:2 > /tmp/glbd.fifo
        sleep 0.3
        step getinfo
        title next
        served
        step stop
        for attempt in 1 2 3 4 5 6 7 8 9 10; do pidof glbd >/dev/null && sleep 0.2; done
        title after
        pidof glbd | wc -w
        ls /tmp
        step getinfo
        step stop
        """#

    private struct Transcript {
        private let steps: [(title: String, text: String)]

        init(_ output: String) {
            steps = output.split(separator: "== ").map { part in
                let title = part.prefix { $0 != "\n" }
                return (String(title), String(part.dropFirst(title.count + 1)))
            }
        }

        /// What the nth step of this title printed.
        func text(_ title: String, _ number: Int = 0) throws -> String {
            let found = steps.filter { $0.title == title }
            return try #require(
                found.indices.contains(number) ? found[number].text : nil,
                "\(title)"
            )
        }
    }

    /// Names, and the addresses of the servers.
    private static let hosts = """
        127.0.0.1 localhost
        127.0.0.2 djdb2
        127.0.0.3 djdb3
        127.0.0.4 divjobs3
        127.0.0.5 divjobs4

        """

    private func play() throws -> Transcript {
        let folder = try TemporaryDirectory("glbd")
        try Command.check("mkdir", ["\(folder.path)/sbin"])
        let program =
            BinaryLocator.path.split(separator: "/", omittingEmptySubsequences: false)
            .dropLast().joined(separator: "/") + "/glbd"
        // `pidof` is a name of killall5.
        let programs = [program, "/usr/sbin/killall5", "\(folder.path)/sbin/"]
        try Command.check("cp", programs)
        try TextFile.write(GLBInitScript.text, to: "\(folder.path)/sbin/init")
        try TextFile.write(Self.hosts, to: "\(folder.path)/hosts")
        let result = try Command.run(
            "timeout",
            [
                "60", "unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc",
                "--kill-child", "bash", "-c", Self.scene, "scene", folder.path,
            ]
        )
        return Transcript(result.standardOutput + result.standardError)
    }

    @Test func `the article's script starts, asks, adds, removes and stops it`() throws {
        let transcript = try play()
        let start = try transcript.text("start")
        #expect(start.contains("glbd: started") && start.hasSuffix("status 0\n"), "\(start)")
        let process = try transcript.text("process")
        #expect(process.hasPrefix("1\n"), "\(process)")
        let command = "--control 127.0.0.1:8011 --threads 2 8010 djdb2:8000:0.75"
        #expect(process.contains("daemon   /usr/sbin/glbd --daemon \(command)"), "\(process)")
        #expect(process.contains("prw-------"), "\(process)")
        let again = try transcript.text("start", 1)
        #expect(again.contains("already running") && again.hasSuffix("status 255\n"), "\(again)")
        let info = try transcript.text("getinfo")
        #expect(
            info.hasPrefix(
                """
                Router:
                ------------------------------------------------------
                        Address       :   weight   usage    map  conns
                      127.0.0.2:8000  :    0.750   0.000    N/A      0
                      127.0.0.3:8000  :    0.750   0.000    N/A      0
                      127.0.0.4:8000  :    0.750   0.000    N/A      0
                      127.0.0.5:8000  :    1.000   0.000    N/A      0
                ------------------------------------------------------
                Destinations: 4, total connections: 0 of 
                """
            ),
            "\(info)"
        )
        #expect(info.hasSuffix("status 0\n"))
        // 13 sessions at 0.75 : 0.75 : 0.75 : 1.
        let statistics = try transcript.text("getstats").split(separator: " ")
        #expect(statistics[12...15].joined(separator: " ") == "conns: 13 / 13", "\(statistics)")
        let status = try transcript.text("status")
        for row in [
            "127.0.0.2:8000  :    0.750   0.750    N/A      3",
            "127.0.0.3:8000  :    0.750   0.750    N/A      3",
            "127.0.0.4:8000  :    0.750   0.750    N/A      3",
            "127.0.0.5:8000  :    1.000   0.800    N/A      4",
        ] {
            #expect(status.contains(row), "\(status)")
        }
    }

    @Test func `what it adds, drains and removes is so, and nothing is left when it has ended`()
        throws
    {
        let transcript = try play()
        #expect(try transcript.text("add 127.0.0.6:8000:9").contains("successfully"))
        // Its port is that of the balancer: another destination.
        #expect(try transcript.text("add 127.0.0.6").contains("successfully"))
        #expect(try transcript.text("add nonsense:8000").contains("failed to add target"))
        #expect(try transcript.text("add").contains("Usage: "))
        #expect(try transcript.text("remove djdb3:8000").contains("successfully"))
        #expect(try transcript.text("remove djdb3:8000", 1).contains("failed to remove"))
        #expect(try transcript.text("drain") == "Ok\n")
        let info = try transcript.text("getinfo", 1)
        for row in [
            "127.0.0.2:8000  :    2.000 ", "127.0.0.4:8000  :    0.000    -nan ",
            "127.0.0.6:8000  :    9.000 ", "127.0.0.6:8010  :    1.000 ", "Destinations: 5,",
        ] {
            #expect(info.contains(row), "\(info)")
        }
        #expect(!info.contains("127.0.0.3"), "\(info)")
        #expect(try transcript.text("next") == "127.0.0.6\n")
        #expect(try transcript.text("stop").contains("stopping... done."))
        #expect(try transcript.text("after") == "0\n")
        let gone = try transcript.text("getinfo", 2)
        #expect(gone.contains("failed to query") && gone.hasSuffix("status 255\n"), "\(gone)")
        #expect(try transcript.text("stop", 1).contains("failed."))
    }
}
