internal import BalancerCore
internal import Configuration
internal import ControlPlane
internal import Glibc
internal import Heartbeat
internal import Primitives
internal import SessionLedger

/// Where strangers' bytes come in, for libFuzzer: `make fuzz`. A trap is a finding, and so is a
/// broken promise.
enum FuzzTarget: String {
    /// A configuration file.
    case configuration
    /// What a client of the runtime API sends.
    case runtimeAPI = "runtime-api"
    /// The first bytes of a connection to an `accept-proxy` listener.
    case proxyHeader = "proxy-header"
    /// The answers of servers to checks: MySQL packets, HTTP, text.
    case checks
    /// What a client of a `glb-control` port sends at once.
    case glbControl = "glb-control"
    /// What the other node says of its sessions and stick tables, once its signature is believed.
    case ledger

    /// Chosen by the environment, since the command line is libFuzzer's.
    static let chosen: FuzzTarget = {
        let name = unsafe getenv("HA_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
        guard let target = FuzzTarget(rawValue: name) else {
            fatalError("HA_FUZZ_TARGET is '\(name)', which is no target")
        }
        return target
    }()

    func run(_ bytes: [UInt8]) {
        switch self {
        case .configuration: fuzzConfiguration(bytes)
        case .runtimeAPI: fuzzRuntimeAPI(bytes)
        case .proxyHeader: fuzzProxyHeader(bytes)
        case .checks: fuzzChecks(bytes)
        case .glbControl: fuzzGLBControl(bytes)
        case .ledger: fuzzLedger(bytes)
        }
    }
}

/// libFuzzer's entry point: https://llvm.org/docs/LibFuzzer.html
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    // The bytes live during the call.
    FuzzTarget.chosen.run(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// In a release build a precondition does not say what it is.
private func promise(_ isKept: Bool, _ what: @autoclosure () -> String) {
    guard isKept else { fatalError(what()) }
}

/// Each mistake has its place in the file, and without one the file loads.
private func fuzzConfiguration(_ bytes: [UInt8]) {
    let file = SourceFile(name: "fuzz.cfg", bytes: bytes)
    let result = ConfigurationParser.parse([file], environment: ["NAME": "value", "EMPTY": ""])
    let errors = result.diagnostics.filter { $0.severity == .error }
    promise((result.configuration == nil) == !errors.isEmpty, "loads with errors, or without")
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).count
    for diagnostic in result.diagnostics {
        promise((1...max(lines, 1) + 1).contains(diagnostic.location.line), "no such line")
        promise(diagnostic.location.column >= 1, "no such column")
    }
    _ = DiagnosticRenderer([file]).render(result.diagnostics)
}

/// Each word that was read can be sent again.
private func fuzzRuntimeAPI(_ bytes: [UInt8]) {
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
        for words in RuntimeLine.commands(in: line) {
            _ = CommandTable.standard.command(for: words)
            _ = CommandTable.standard.unknown(words, level: .admin)
            _ = CommandTable.standard.help(matching: words, level: .operator)
            _ = try? ServerLine.parse(name: "s1", words)
        }
    }
}

/// No byte is taken that is not there, and those behind the header do not matter.
private func fuzzProxyHeader(_ bytes: [UInt8]) {
    guard let header = try? ProxyHeader.read(bytes) else { return }
    promise(header.length <= bytes.count, "longer than what came")
    let alone = try? ProxyHeader.read(Array(bytes.prefix(header.length)))
    promise(alone == header, "read in another way without what follows")
    let less = try? ProxyHeader.read(Array(bytes.prefix(header.length - 1)))
    promise(less == nil, "complete before its end")
}

/// A destination that was read has a place, and what is behind a line end does not matter.
private func fuzzGLBControl(_ bytes: [UInt8]) {
    let command = GLBCommand(bytes)
    if case .change(let change) = command {
        promise(!change.host.isEmpty && change.host.utf8.count <= 253, "no host")
        promise(change.port != 0, "no port")
    }
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    promise(GLBCommand(line) == command, "what follows matters")
}

/// A verdict comes, stands, and does not depend on the pieces.
private func fuzzChecks(_ bytes: [UInt8]) {
    guard bytes.count > 2 else { return }
    let kind = kinds[Int(bytes[0]) % kinds.count]
    let whole = judge(kind, bytes[2...], pieces: .max)
    let pieces = judge(kind, bytes[2...], pieces: Int(bytes[1]) % 64 + 1)
    promise(whole == pieces, "the pieces matter: \(whole) \(pieces)")
}

private let kinds: [CheckKind] = [
    .mysql(MySQLCheck()), .mysql(MySQLCheck(user: "haproxy")),
    .mysql(MySQLCheck(user: "haproxy", dialect: .pre41)),
    .mysql(MySQLCheck(user: "haproxy", dialect: .post80)), .http(HTTPCheck()),
    .http(
        HTTPCheck(
            method: "GET",
            expectations: [.standard, HTTPCheck.Expectation(.string(Array("abc".utf8)))]
        )
    ),
    .steps(
        TCPCheck([
            // A step that sends forgets what has come before it: then the pieces do matter.
            TCPCheck.Step(.send([1]), number: 1),
            TCPCheck.Step(.expect(Array("abc".utf8), isNegated: false), number: 2),
            TCPCheck.Step(.expect([0], isNegated: true), number: 3),
        ])
    ),
    .agent(message: []),
]

private func judge(_ kind: CheckKind, _ bytes: ArraySlice<UInt8>, pieces: Int) -> CheckVerdict {
    guard var exchange = kind.exchange else { return .needsMore }
    var verdict = exchange.begin()
    var rest = bytes
    while verdict == .needsMore, !rest.isEmpty {
        verdict = exchange.received(rest.prefix(pieces))
        _ = exchange.takeOutput()
        rest = rest.dropFirst(pieces)
    }
    if verdict == .needsMore { verdict = exchange.closed() }
    promise(verdict != .needsMore, "no verdict at the end")
    promise(exchange.received([0x41]) == verdict, "the verdict changes")
    return verdict
}

/// Believes everybody: what follows a signature is the matter here.
private struct Believer: FrameAuthenticator {
    func tag(for bytes: [UInt8]) -> [UInt8] { Array(repeating: 0, count: FrameCodec.tagLength) }

    func isValid(_ tag: ArraySlice<UInt8>, for bytes: ArraySlice<UInt8>) -> Bool { true }
}

/// What is understood is said in the same bytes, and a table of a hundred stays one.
private func fuzzLedger(_ bytes: [UInt8]) {
    guard let form = bytes.first, bytes.count < LedgerLimits.datagram else { return }
    var writer = ByteWriter(capacity: bytes.count + 64)
    let head = [UInt8](repeating: 0, count: 32) + [form]
    FrameCodec.putHeader(
        kind: LedgerCodec.kind,
        contentLength: FrameCodec.headerLength + head.count + 1 + bytes.count,
        &writer
    )
    writer.put(bytes: head)
    writer.put(UInt16(bytes.count - 1))
    writer.put(bytes: Array(bytes.dropFirst()))
    let datagram = writer.bytes + Believer().tag(for: [])
    guard case .success(let frame) = LedgerCodec.decode(datagram, by: Believer()) else { return }
    let again = LedgerCodec.encode(frame, by: Believer())
    promise(LedgerCodec.decode(again, by: Believer()) == .success(frame), "said in another way")
    guard case .sticks(_, let excerpt) = frame.message else { return }
    let servers = ["s", "t"].map { ServerDefinition(name: $0, endpoint: Endpoint(.v4(1), 1)) }
    let definition = BackendDefinition(
        name: excerpt.backend,
        servers: servers,
        stick: StickDefinition(key: .source, size: 100, expiry: .seconds(10))
    )
    var pool = ServerPool(definition, now: .zero)
    for boot in [1, 1, 2] as [UInt64] {
        _ = pool.adopt(excerpt, from: StickSource(boot: boot, epoch: 1), now: .seconds(1))
        promise(pool.stickTableUse(now: .seconds(1))?.used ?? 0 <= 100, "too many")
    }
}

extension Instant {
    fileprivate static func seconds(_ count: Int64) -> Instant { .zero + .seconds(count) }
}
