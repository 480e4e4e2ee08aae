import Arbiter
import Glibc
import LinuxIO
import PairControl
import Primitives
import Testing

/// What is not etcd, or not well, is a failure in words, in time, with the endpoint's name.
@Suite(.serialized) struct StrangeAnswerTests {
    private static let key = "L2hhLWJhbGFuY2VyL2dhbGVyYS12aXA="
    private static let otherKey = "L2hhLWJhbGFuY2VyL290aGVy"
    private static let header =
        #""header":{"cluster_id":"1","member_id":"2","revision":"9","raft_term":"2"}"#

    /// A whole answer.
    private static func http(_ status: String, _ body: String) -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func ok(_ body: String) -> String { http("200 OK", body) }

    private static func entry(_ key: String, _ revision: String) -> String {
        #"{"key":"\#(key)","mod_revision":\#(revision),"value":"eA=="}"#
    }

    private static func found(_ entries: String...) -> String {
        ok("{\(header),\"kvs\":[\(entries.joined(separator: ","))]}")
    }

    private struct Case: Sendable, CustomTestStringConvertible {
        var answer: String
        var ending = StrangeServer.Ending.waits
        var words: String
        var testDescription: String { "\(answer.prefix(60).debugDescription) \(ending)" }
    }

    @Test(arguments: [
        Case(answer: "", ending: .closes, words: "closed the connection"),
        Case(answer: "", words: "no answer within 400 ms"),
        Case(answer: "\u{0}\u{1}\r\n\r\n", words: "is not HTTP"),
        Case(answer: "SSH-2.0-OpenSSH_9.2\r\n", words: "is not HTTP"),
        Case(answer: "HTTP/1.1 200 OK\r\n", ending: .closes, words: "closed the connection"),
        Case(
            answer: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
            ending: .closes,
            words: "closed the connection"
        ),
        Case(
            answer: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
            words: "no answer within 400 ms"
        ),
        Case(
            answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + String(repeating: "400\r\n\(String(repeating: "x", count: 1024))\r\n", count: 65),
            ending: .repeatsForEver,
            words: "longer than 65536 bytes"
        ),
        Case(
            answer: "HTTP/1.1 200 OK\r\n" + String(repeating: "X-Field: long\r\n", count: 5000),
            ending: .repeatsForEver,
            words: "is not HTTP"
        ),
        Case(
            answer: "HTTP/1.1 100 Continue\r\n\r\n",
            ending: .repeatsForEver,
            words: "longer than 65536 bytes"
        ),
        Case(answer: ok("{\(header)}"), ending: .dribbles, words: "no answer within 400 ms"),
        Case(answer: ok("<html>"), words: "is not etcd's"),
        Case(answer: ok(""), words: "is not etcd's"),
        Case(answer: ok("{}"), words: "is not etcd's"),
        Case(answer: ok("[1]"), words: "is not etcd's"),
        Case(answer: ok(#"{"header":{"cluster_id":1,"revision":9}}"#), words: "is not etcd's"),
        Case(
            answer: http("400 Bad Request", #"{"message":"etcdserver: user name is empty"}"#),
            words: "HTTP 400: etcdserver: user name is empty"
        ),
        Case(
            answer: http(
                "503 No",
                "no \u{1B}[31mred\r\nroses" + String(repeating: "!", count: 999)
            ),
            words: "HTTP 503: no  [31mred  roses!"
        ),
        Case(answer: http("404 Not Found", "Not Found"), words: "HTTP 404: Not Found (is it etcd"),
        Case(answer: http("307 Elsewhere", ""), words: "HTTP 307"),
    ])
    private func `whoever answers, read and write fail in words`(_ strange: Case) throws {
        let server = try StrangeServer(strange.answer, strange.ending)
        let arbiter = EtcdArbiter([server.endpoint], within: .milliseconds(400))
        for ask in [arbiter.read, { arbiter.write("node01", 1, over: 3) }] {
            let (answer, took) = time(ask)
            let failure = try #require(answer.failure, "\(answer)")
            #expect(failure.hasPrefix("etcd at http://\(server.endpoint): "))
            #expect(failure.contains(strange.words), "\(failure)")
            #expect(failure.utf8.count < 300)
            #expect(failure.utf8.allSatisfy { $0 >= 0x20 }, "\(failure.debugDescription)")
            #expect(took < .milliseconds(900), "\(took)")
        }
        arbiter.end()
    }

    @Test(arguments: [
        found(entry(otherKey, #""5""#)), found(entry(key, "5")), found(entry(key, #""0""#)),
        found(entry(key, #""-5""#)), found(entry(key, #""9223372036854775808""#)),
        found(entry(key, #""5""#), entry(key, #""6""#)), found(entry("%", #""5""#)),
    ])
    func `an entry that etcd would not give is none`(answer: String) throws {
        let server = try StrangeServer(answer, .waits)
        let arbiter = EtcdArbiter([server.endpoint], within: .seconds(5))
        #expect(arbiter.read().failure?.contains("is not etcd's") == true)
    }

    @Test(arguments: [
        "{\(header)}", "{\(header),\"succeeded\":false,\"responses\":[{\"response_put\":{}}]}",
        // Not above what was to be written over.
        #"{"header":{"cluster_id":"1","revision":"8"},"succeeded":true}"#,
    ])
    func `a write is won or lost only where the answer says so`(body: String) throws {
        let server = try StrangeServer(Self.ok(body), .waits)
        let arbiter = EtcdArbiter([server.endpoint], within: .seconds(5))
        #expect(arbiter.write("node01", 1, over: 8).failure?.contains("is not etcd's") == true)
    }

    @Test func `what comes behind an answer is not the answer to the next request`() throws {
        let right = Self.ok("{\(Self.header)}")
        let wrong = Self.ok(#"{"header":{"cluster_id":"1","revision":"99"},"succeeded":true}"#)
        let server = try StrangeServer(right + wrong, .waits)
        let arbiter = EtcdArbiter([server.endpoint], within: .milliseconds(500))
        #expect(arbiter.read() == .found(nil, revision: 0))
        let answer = arbiter.write("node01", 1, over: 8)
        #expect(answer.written == nil, "\(answer)")
        #expect(server.connections == 2)
    }

    @Test func `a connection stays open between requests`() throws {
        let body = "{\(Self.header)}"
        let server = try StrangeServer(Self.ok(body), .waits)
        let arbiter = EtcdArbiter([server.endpoint], within: .milliseconds(300))
        #expect(arbiter.read() == .found(nil, revision: 0))
        // This server answers once a connection.
        #expect(arbiter.read().failure?.contains("no answer") == true)
        #expect(server.connections == 1)
    }

    @Test func `where nobody listens it fails at once, naming each endpoint`() throws {
        let gone = try (0..<2).map { _ in try StrangeServer("", .closes).endpoint }
        let arbiter = EtcdArbiter(gone)
        for ask in [arbiter.read, { arbiter.write("node01", 1, over: 0) }] {
            let (answer, took) = time(ask)
            let words = gone.map { "etcd at http://\($0): Connection refused" }
            #expect(answer == .failed(words.joined(separator: "; ")))
            #expect(took < .seconds(1))
        }
    }

    @Test func `who does not even take the connection is given up, and nothing has left`() throws {
        // Two connections fill a queue of one; the kernel then drops what knocks.
        let full = try Socket.listener(on: Endpoint(.v4(0x7F00_0001), 0), backlog: 0)
        let bound = full.localEndpoint
        let endpoint = try #require(bound)
        let first = try Socket(.stream, for: endpoint.address)
        let second = try Socket(.stream, for: endpoint.address)
        try first.connect(to: endpoint)
        try second.connect(to: endpoint)
        let server = try StrangeServer(
            Self.ok(#"{"header":{"cluster_id":"1","revision":"9"},"succeeded":true}"#),
            .waits
        )
        let arbiter = EtcdArbiter([endpoint, server.endpoint], within: .milliseconds(300))
        let (answer, took) = time { arbiter.write("node01", 1, over: 8) }
        #expect(answer == .written(revision: 9))
        #expect(took >= .milliseconds(300) && took < .milliseconds(800), "\(took)")
        let alone = EtcdArbiter([endpoint], within: .milliseconds(300))
        #expect(alone.read().failure?.contains("no connection within 300 ms") == true)
        for socket in [full.descriptor.raw, first.descriptor.raw, second.descriptor.raw] {
            #expect(fcntl(socket, F_GETFD) >= 0)
        }
    }
}
