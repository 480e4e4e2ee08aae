import Glibc
import Guardian
import Lab
import LinuxIO
import Primitives
import Testing

/// The guardian with real child processes: shell scripts in the daemon's place.
@Suite struct GuardianTests {
    @Test(arguments: [1, 2, 77] as [Int32])
    func `the first start fails with the daemon's own status`(status: Int32) throws {
        let guarded = try GuardedScript("echo x >> $1/lives; exit \(status)")
        #expect(try guarded.end() == status)
        #expect(guarded.text(of: "lives") == "x\n")
    }

    @Test func `a daemon that ends before it was ever ready is a failure, whatever it says`() throws
    {
        let guarded = try GuardedScript("exit 0")
        #expect(try guarded.end() == 1)
    }

    @Test func `a daemon that was ready once is started again, each time a little later`() throws {
        let guarded = try GuardedScript(
            """
            echo $$ >> $1/pid
            cut -d' ' -f1 /proc/uptime >> $1/lives
            [ $(wc -l < $1/lives) -lt 4 ] || { touch $1/four; sleep 60; }
            printf R >&3
            exit 1
            """
        )
        try guarded.wait(for: "four")
        // Hundredths of a second, as the kernel counts its uptime.
        let lives = guarded.text(of: "lives").split(separator: "\n").compactMap { Double($0) }
        try #require(lives.count == 4)
        let pauses = zip(lives, lives.dropFirst()).map { $1 - $0 }
        #expect(pauses[0] > 0.08 && pauses[1] > 0.18 && pauses[2] > 0.38, "\(pauses)")
        #expect(pauses[0] < 1 && pauses[1] < 1.2 && pauses[2] < 1.5, "\(pauses)")
        #expect(guarded.log.first?.contains("the daemon ended (exit status 1)") == true)
        #expect(guarded.log.first?.contains("next start in 100 ms") == true)
        #expect(guarded.log.last?.contains("next start in 400 ms") == true)
    }

    @Test func `what a daemon said right before its death still counts`() throws {
        // So fast that its end and its word are seen at once, mostly.
        let guarded = try GuardedScript(
            "echo $$ >> $1/pid; [ ! -e $1/first ] || { touch $1/second; sleep 60; }; "
                + "touch $1/first; printf R >&3; kill -9 $$"
        )
        try guarded.wait(for: "second")
        #expect(guarded.log.count == 1)
        #expect(guarded.log.first?.contains("killed by signal 9") == true)
    }

    @Test func `a request to stop is passed on, and an orderly end is a success`() throws {
        let guarded = try GuardedScript(
            "trap 'touch $1/asked; exit 0' TERM; echo $$ > $1/pid; printf R >&3; touch $1/up; "
                + "while :; do sleep 0.01; done"
        )
        try guarded.wait(for: "up")
        guarded.signal(SIGTERM)
        #expect(try guarded.end() == 0)
        #expect(guarded.contains("asked"))
        #expect(guarded.log == [])
    }

    @Test func `a request to stop that ends badly is a failure`() throws {
        let guarded = try GuardedScript(
            "trap 'exit 3' TERM; echo $$ > $1/pid; printf R >&3; touch $1/up; "
                + "while :; do sleep 0.01; done"
        )
        try guarded.wait(for: "up")
        guarded.signal(SIGINT)
        #expect(try guarded.end() == 1)
    }

    @Test func `a request to stop before the daemon can hear it is a success`() throws {
        let guarded = try GuardedScript("echo $$ > $1/pid; touch $1/up; exec sleep 60")
        try guarded.wait(for: "up")
        guarded.signal(SIGTERM)
        #expect(try guarded.end() == 0)
    }

    @Test func `a request to stop between two lives is a success`() throws {
        let guarded = try GuardedScript("echo x >> $1/lives; printf R >&3; exit 1")
        try #require(Patience.wait(.seconds(8)) { guarded.log.count == 4 })
        guarded.signal(SIGTERM)
        #expect(try guarded.end() == 0)
        #expect(guarded.text(of: "lives") == "x\nx\nx\nx\n")
    }

    @Test(arguments: [
        (SIGHUP, "HUP"), (SIGUSR2, "HUP"), (SIGUSR1, "USR1"), (SIGTTOU, "TTOU"), (SIGTTIN, "TTIN"),
    ]) func `a signal is passed on, also one that came too early`(
        _ signal: Int32,
        _ passedOn: String
    ) throws {
        let guarded = try GuardedScript(
            """
            echo $$ > $1/pid; touch $1/up
            until [ -e $1/go ]; do sleep 0.01; done
            trap 'echo x >> $1/seen' \(passedOn)
            printf R >&3
            while :; do sleep 0.01; done
            """
        )
        try guarded.wait(for: "up")
        guarded.signal(signal)
        try TextFile.write("", to: guarded.directory.path + "/go")
        try guarded.wait(for: "seen")
        guarded.signal(signal)
        #expect(Patience.wait(.seconds(8)) { guarded.text(of: "seen") == "x\nx\n" })
        #expect(guarded.status == nil)
    }

    @Test func `a daemon that closes its line is still waited for`() throws {
        let guarded = try GuardedScript(
            "echo $$ > $1/pid; printf R >&3; exec 3>&-; touch $1/up; sleep 0.2; exit 7"
        )
        try guarded.wait(for: "up")
        #expect(Patience.wait(.seconds(8)) { !guarded.log.isEmpty })
        #expect(guarded.log.first?.contains("exit status 7") == true)
    }

    @Test func `the daemon holds the lock, and knows nothing of systemd`() throws {
        let guarded = try GuardedScript(
            "readlink /proc/self/fd/5 > $1/five; echo \"[$NOTIFY_SOCKET]\" > $1/notify; "
                + "echo \"$HA_BALANCER_GUARDIAN_FD $HA_BALANCER_WILL_FD\" > $1/numbers; exit 5"
        )
        #expect(try guarded.end() == 5)
        #expect(guarded.text(of: "five") == guarded.directory.path + "/lock\n")
        #expect(guarded.text(of: "notify") == "[]\n")
        #expect(guarded.text(of: "numbers") == "3 4\n")
    }
}

/// A daemon that dies again and again.
extension GuardianTests {
    private static let loop = """
        echo $$ >> $1/pid
        if [ "$HA_BALANCER_FAULT" ]; then
            echo "$HA_BALANCER_FAULT" > $1/fault
            readlink /proc/self/fd/5 > $1/five
            touch $1/spoke
            until [ -e $1/mended ]; do sleep 0.01; done
            exit 0
        fi
        echo x >> $1/lives
        [ ! -e $1/mended ] || { touch $1/well; printf R >&3; sleep 60; }
        printf R >&3
        exit 9

        """

    @Test func `a crash loop ends in fault, which somebody speaks of, and nothing spins`() throws {
        let guarded = try GuardedScript(Self.loop, pause: .milliseconds(1))
        try guarded.wait(for: "spoke")
        let reason = "its daemon died 8 times in a row, the last time: exit status 9"
        #expect(guarded.text(of: "fault") == reason + "\n")
        #expect(guarded.text(of: "five") == guarded.directory.path + "/lock\n")
        #expect(guarded.log.last?.hasPrefix("fault: \(reason). Next try in 300 s") == true)
        Patience.pause(.milliseconds(500))
        #expect(guarded.text(of: "lives").count == 2 * 8)
        guarded.signal(SIGTERM)
        #expect(try guarded.end() == 0)
    }

    /// The spokesman that ends in order was told to reload.
    @Test(arguments: [false, true])
    func `a reload ends the fault`(isTold: Bool) throws {
        let guarded = try GuardedScript(Self.loop, pause: .milliseconds(1))
        try guarded.wait(for: "spoke")
        if !isTold { guarded.signal(SIGHUP) }
        try TextFile.write("", to: guarded.directory.path + "/mended")
        if isTold {
            try guarded.wait(for: "well")
        } else {
            // Still in a loop, or well: either way it was tried again at once.
            let isTried = Patience.wait(.seconds(8)) { guarded.text(of: "lives").count > 2 * 8 }
            #expect(isTried)
        }
        #expect(guarded.log.contains("the daemon is started once more"))
    }

    @Test func `a fault without a spokesman is a fault all the same`() throws {
        let guarded = try GuardedScript(
            "echo $$ >> $1/pid; [ -z \"$HA_BALANCER_FAULT\" ] || { touch $1/spoke; exit 1; }; "
                + "echo x >> $1/lives; printf R >&3; exit 9",
            pause: .milliseconds(1)
        )
        try guarded.wait(for: "spoke")
        Patience.pause(.milliseconds(1200))
        #expect(guarded.text(of: "lives").count == 2 * 8)
        guarded.signal(SIGHUP)
        #expect(Patience.wait(.seconds(8)) { guarded.text(of: "lives").count > 2 * 8 })
    }
}
