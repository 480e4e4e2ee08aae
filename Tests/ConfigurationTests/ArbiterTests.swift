import Configuration
import Primitives
import Testing

@Suite struct ArbiterTests {
    @Test func `members are kept in the order of the file, on etcd's port unless told`() throws {
        let line =
            "    arbiter etcd http://10.0.0.1,http://[fd00::2],http://etcd-3.example.org:12379,"
            + "http://[fd00::2]:1\n"
        let arbiter = try #require(try load(pair() + line).pair?.arbiter)
        let second = IPAddress.v6(high: 0xFD00_0000_0000_0000, low: 2)
        #expect(
            arbiter.members.map(\.host) == [
                .address(.v4(0x0A00_0001)), .address(second), .name("etcd-3.example.org"),
                .address(second),
            ]
        )
        #expect(arbiter.members.map(\.port) == [2379, 2379, 12379, 1])
        #expect(arbiter.location.line == 6)
        #expect(try load(pair()).pair?.arbiter == nil)
    }

    @Test(arguments: [
        ("arbiter", "6:12: error: expected more after 'arbiter': etcd …"),
        (
            "arbiter etdc http://10.0.0.1",
            "6:13: error: unknown arbiter 'etdc'; did you mean 'etcd'?"
        ),
        (
            "arbiter etcd",
            "6:17: error: expected the URLs of an etcd cluster's members; usage: arbiter etcd"
                + " http://HOST[:PORT][,http://HOST[:PORT]...]"
        ),
        (
            "arbiter etcd 10.0.0.1:2379",
            "6:18: error: '10.0.0.1:2379' is not an URL of etcd: expected http://HOST[:PORT]"
        ),
        (
            "arbiter etcd https://10.0.0.1:2379",
            "6:18: error: 'https://10.0.0.1:2379': TLS to the arbiter is not supported by this"
                + " version: have a TLS proxy such as stunnel on this host and name that,"
                + " http://127.0.0.1:PORT, or give the cluster a network of its own"
        ),
        (
            "arbiter etcd http://10.0.0.1/v3",
            "6:18: error: there is a path in 'http://10.0.0.1/v3': expected http://HOST[:PORT]"
        ),
        (
            "arbiter etcd http://10.0.0.1/",
            "6:18: error: there is a path in 'http://10.0.0.1/': expected http://HOST[:PORT]"
        ),
        (
            "arbiter etcd http://root:x@10.0.0.1",
            "6:18: error: there is a user in 'http://root:x@10.0.0.1': etcd's users are not"
                + " supported by this version, expected http://HOST[:PORT]"
        ),
        (
            "arbiter etcd http://10.0.0.1:0",
            "6:18: error: invalid port '0' in '10.0.0.1:0': expected 1 to 65535"
        ),
        (
            "arbiter etcd http://10.0.0.1:",
            "6:34: error: '10.0.0.1:' has no port: expected ADDRESS:PORT"
        ),
        (
            "arbiter etcd http://10.0.0.256",
            "6:18: error: '10.0.0.256' is neither a numeric address nor a host name"
        ),
        ("arbiter etcd http://", "6:18: error: '' is neither a numeric address nor a host name"),
        ("arbiter etcd http://0.0.0.0", "6:18: error: '0.0.0.0' is no address to connect to"),
        (
            "arbiter etcd http://fd00::1:2379",
            "6:18: error: 'fd00::1:2379' is ambiguous: write an IPv6 address in brackets,"
                + " http://[fd00::1]:2379"
        ),
        ("arbiter etcd http://[::1", "6:18: error: expected ']' in '[::1'"),
        (
            "arbiter etcd http://10.0.0.1,",
            "6:34: error: an URL is missing at a comma in 'http://10.0.0.1,': no blanks between them"
        ),
        (
            "arbiter etcd http://10.0.0.1, http://10.0.0.2",
            "6:34: error: an URL is missing at a comma in 'http://10.0.0.1,': no blanks between them"
        ),
        (
            "arbiter etcd ,http://10.0.0.1",
            "6:18: error: an URL is missing at a comma in ',http://10.0.0.1': no blanks between them"
        ),
        (
            "arbiter etcd http://10.0.0.1 http://10.0.0.2",
            "6:34: error: unexpected 'http://10.0.0.2'; usage: arbiter etcd"
                + " http://HOST[:PORT][,http://HOST[:PORT]...]"
        ),
        (
            "arbiter etcd http://10.0.0.1,http://10.0.0.1:2379",
            "6:18: error: 'http://10.0.0.1:2379' is there twice"
        ),
        (
            "arbiter etcd http://10.0.0.100",
            "6:13: error: 10.0.0.100 is a virtual address of this pair: who has it is what the"
                + " arbiter decides"
        ),
        (
            "arbiter etcd http://10.0.0.1\n    arbiter etcd http://10.0.0.2",
            "7:13: error: there is an 'arbiter' already, at t.cfg:6: all members of its cluster are"
                + " on one line, with commas between them"
        ),
        (
            "arbiter etcd http://10.0.0.1\n    heartbeat dead-after 249ms",
            "7:5: error: 'dead-after' (249ms) must be at least five times 'every' (50ms): with an"
                + " arbiter, three of them are its time to answer"
        ),
        (
            "heartbeat every 20ms dead-after 99ms\n    arbiter etcd http://10.0.0.1",
            "6:5: error: 'dead-after' (99ms) must be at least five times 'every' (20ms): with an"
                + " arbiter, three of them are its time to answer"
        ),
    ]) func `a mistake in an arbiter line is located`(line: String, error: String) throws {
        #expect(try onlyError(pair() + "    \(line)\n") == "t.cfg:\(error)")
    }

    @Test func `no more members than the limit`() throws {
        let list = (1...9).map { "http://10.0.1.\($0)" }
        let line = { (count: Int) in
            "    arbiter etcd \(list.prefix(count).joined(separator: ","))\n"
        }
        #expect(try load(pair() + line(8)).pair?.arbiter?.members.count == 8)
        #expect(
            try onlyError(pair() + line(9))
                == "t.cfg:6:18: error: more than 8 members of the arbiter"
        )
    }

    @Test func `five intervals are enough with an arbiter`() throws {
        let lines = "    heartbeat every 20ms dead-after 100ms\n    arbiter etcd http://10.0.0.1\n"
        #expect(try load(pair() + lines).pair?.arbiter != nil)
    }

    @Test func `an arbiter that dies with a node is warned of`() {
        let line = { (urls: String) in pair() + "    arbiter etcd \(urls)\n" + listen() }
        #expect(
            findings(line("http://10.0.0.11,http://10.0.0.11:1"), .warning) == [
                "t.cfg:6:13: warning: the whole arbiter is at 'haproxy-node02': when that node dies,"
                    + " the other one cannot ask and does not take over"
            ]
        )
        #expect(findings(line("http://10.0.0.10,http://10.0.0.11,http://a"), .warning) == [])
    }
}
