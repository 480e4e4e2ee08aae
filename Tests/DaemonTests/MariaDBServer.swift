import Glibc
import Lab
import LinuxIO
import Primitives
import Testing

/// A real MariaDB on loopback that believes PROXY headers from there.
///
/// Letting go of the object kills it.
final class MariaDBServer {
    let endpoint: Endpoint
    private let directory: TemporaryDirectory
    private var process: ChildProcess?

    init() throws {
        directory = try TemporaryDirectory("mariadb")
        endpoint = try Balancer().front
        let path = directory.path
        try Command.check("chown", ["mysql:", path])
        let small = [
            "--innodb-flush-method=nosync", "--innodb-log-file-size=4M",
            "--innodb-buffer-pool-size=16M", "--performance-schema=off",
        ]
        try Command.check(
            "mariadb-install-db",
            [
                "--no-defaults", "--user=mysql", "--datadir=\(path)/data",
                "--auth-root-authentication-method=normal", "--skip-test-db",
            ] + small
        )
        let raw = try SystemCall.run("open", path) {
            unsafe open(path + "/log", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        }
        let output = OwnedDescriptor(adopting: raw)
        process = try ChildProcess.spawn(
            "mariadbd",
            [
                "--no-defaults", "--user=mysql", "--datadir=\(path)/data",
                "--socket=\(path)/sock", "--pid-file=\(path)/pid",
                "--bind-address=127.0.0.1", "--port=\(endpoint.port)", "--skip-name-resolve",
                "--proxy-protocol-networks=127.0.0.0/8",
            ] + small,
            descriptors: [1: output.raw, 2: output.raw],
            newProcessGroup: true
        )
        let isUp = Patience.wait(.seconds(30)) { (try? root("select 1")) != nil }
        let log = (try? TextFile.read(path + "/log")) ?? ""
        try #require(isUp, "MariaDB does not run:\n\(log)")
    }

    deinit {
        process?.killGroup(SIGKILL)
        process?.wait()
    }

    @discardableResult
    func root(_ statements: String) throws -> String {
        try Command.check(
            "mariadb",
            ["--no-defaults", "-u", "root", "-S", directory.path + "/sock", "-N", "-e", statements]
        )
    }
}
