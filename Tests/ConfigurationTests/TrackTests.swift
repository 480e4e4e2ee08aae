import Configuration
import Primitives
import Testing

@Suite struct TrackTests {
    @Test func `tracks have the defaults of their documentation, in the order of the file`() throws
    {
        let tracks = try #require(
            try load(
                pair() + """
                        track gateway 10.0.0.254
                        track interface eth0
                        track script /usr/local/lib/ha/check
                        track gateway fd00::1

                    """
            ).pair
        ).tracks
        #expect(
            tracks.map(\.subject) == [
                .gateway(.v4(0x0A00_00FE)), .interface("eth0"), .script("/usr/local/lib/ha/check"),
                .gateway(.v6(high: 0xFD00_0000_0000_0000, low: 1)),
            ]
        )
        #expect(
            tracks.map(\.name) == [
                "gateway 10.0.0.254", "interface eth0", "script /usr/local/lib/ha/check",
                "gateway fd00::1",
            ]
        )
        for track in tracks {
            #expect(track.interval == .seconds(1) && track.timeout == .seconds(1))
            #expect(track.fall == 3 && track.rise == 2)
        }
        #expect(tracks.map(\.location.line) == [6, 7, 8, 9])
        #expect(try load(pair()).pair?.tracks == [])
    }

    @Test(arguments: ["gateway 10.0.0.254", "script /bin/x"])
    func `the pace of a track is its own`(subject: String) throws {
        let line = "    track \(subject) rise 1 every 200ms fall 5 timeout 50ms\n"
        let track = try #require(try load(pair() + line).pair?.tracks.first)
        #expect(track.interval == .milliseconds(200) && track.timeout == .milliseconds(50))
        #expect(track.fall == 5 && track.rise == 1)
    }

    @Test(arguments: [
        (
            "track",
            "6:10: error: expected more after 'track': gateway, interface, script …"
        ),
        ("track gatway 10.0.0.254", "6:11: error: unknown track 'gatway'; did you mean 'gateway'?"),
        (
            "track gateway gw.example.org",
            "6:19: error: 'gw.example.org' is not a numeric address: a name might not resolve just"
                + " when the gateway matters"
        ),
        ("track gateway 127.0.0.1", "6:19: error: '127.0.0.1' is a loopback address"),
        ("track gateway 224.0.0.1", "6:19: error: '224.0.0.1' is not the address of one host"),
        (
            "track gateway fe80::1",
            "6:19: error: 'fe80::1' is a link-local address, which means nothing without an"
                + " interface: give the gateway's global or unique local one"
        ),
        (
            "track gateway 10.0.0.100",
            "6:11: error: 10.0.0.100 is an address of this pair: a gateway is another host, which"
                + " answers where the network works"
        ),
        (
            "track gateway 10.0.0.11",
            "6:11: error: 10.0.0.11 is an address of this pair: a gateway is another host, which"
                + " answers where the network works"
        ),
        (
            "track gateway 10.0.0.254 weight 5",
            "6:30: error: unknown option 'weight' of 'track'"
        ),
        (
            "track gateway 10.0.0.254 evry 5s",
            "6:30: error: unknown option 'evry' of 'track'; did you mean 'every'?"
        ),
        (
            "track gateway 10.0.0.254 every 50ms",
            "6:36: error: '50ms' is out of range: expected a time from 100ms to 600s"
        ),
        (
            "track gateway 10.0.0.254 fall 0",
            "6:35: error: '0' is out of range: expected how many failures in a row count (1 to 100)"
        ),
        ("track interface a/b", "6:21: error: 'a/b' is not an interface name"),
        (
            "track interface eth0 every 1s",
            "6:26: error: unexpected 'every'; usage: track interface <interface>"
        ),
        (
            "track script check.sh",
            "6:18: error: 'check.sh' is not an absolute path: it must begin with '/'"
        ),
        (
            "track script /bin/x timeout",
            "6:32: error: expected a time such as 500ms, 5s or 1m; usage: timeout <time>"
        ),
    ]) func `a mistake in a track is located`(line: String, error: String) throws {
        #expect(try onlyError(pair() + "    \(line)\n") == "t.cfg:\(error)")
    }

    @Test func `nothing is tracked twice, nor more than the limit`() throws {
        let twice = "    track script /bin/x\n    track script /bin/x every 5s\n"
        #expect(
            try onlyError(pair() + twice)
                == "t.cfg:7:18: error: 'script /bin/x' is tracked already"
        )
        let lines = (0...32).map { "    track interface eth\($0)\n" }.joined()
        #expect(findings(pair() + lines) == ["t.cfg:38:21: error: more than 32 'track' lines"])
    }
}
