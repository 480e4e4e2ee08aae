import Configuration
import Daemon
import Glibc
import Lab
import LinuxIO
import Testing

@Suite struct ConfigurationLoaderTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory("loader") }

    private func path(_ name: String) -> String { directory.path + "/" + name }

    private func write(_ text: String, to name: String) throws {
        try TextFile.write(text, to: path(name))
    }

    @Test func `a file is read and parsed, its warnings included`() throws {
        try write(smallBalancer(), to: "a.cfg")
        let outcome = ConfigurationLoader.load([path("a.cfg")])
        #expect(outcome.configuration?.proxies.map(\.name) == ["db"])
        #expect(outcome.errorCount == 0)
    }

    @Test func `of a directory all files that end in cfg are read, in the order of bytes`() throws {
        let later = "listen b\n bind 127.0.0.1:3\n server s 127.0.0.1:4\n"
        try write(
            "defaults\n timeout connect 1s\n timeout client 1s\n timeout server 1s\n",
            to: "0.cfg"
        )
        try write("listen a\n bind 127.0.0.1:1\n server s 127.0.0.1:2\n", to: "A.cfg")
        try write(later, to: "b.cfg")
        for name in ["c.cfg~", "c.conf", ".d.cfg", "cfg"] { try write("nonsense", to: name) }
        let outcome = ConfigurationLoader.load([directory.path])
        #expect(outcome.configuration?.proxies.map(\.name) == ["a", "b"], "\(outcome.rendered)")
        #expect(outcome.configuration?.proxies.first?.timeouts.connect == .seconds(1))
    }

    @Test func `a missing file is a located error that says what to do`() {
        let outcome = ConfigurationLoader.load([path("none.cfg")])
        #expect(outcome.configuration == nil)
        #expect(outcome.errorCount == 1)
        let place = "\(path("none.cfg")):1:1: error: cannot read it: No such file or directory"
        #expect(outcome.rendered == place + "; give the configuration with -f FILE\n")
    }

    @Test func `one file that is missing does not hide the mistakes of the others`() throws {
        try write("listen db\n bend 127.0.0.1:1\n", to: "a.cfg")
        let outcome = ConfigurationLoader.load([path("none.cfg"), path("a.cfg")])
        #expect(outcome.configuration == nil)
        #expect(outcome.rendered.contains("none.cfg:1:1: error: cannot read it"))
        #expect(outcome.rendered.contains("a.cfg:2:2: error: "))
        #expect(outcome.rendered.contains("did you mean 'bind'?"))
    }

    @Test func `a good file beside a missing one is not enough`() throws {
        try write(smallBalancer(), to: "a.cfg")
        let outcome = ConfigurationLoader.load([path("a.cfg"), path("none.cfg")])
        #expect(outcome.configuration == nil)
        #expect(outcome.errorCount == 1)
    }

    @Test func `a directory without a configuration and no path at all are errors`() {
        for paths in [[directory.path], []] {
            let outcome = ConfigurationLoader.load(paths)
            #expect(outcome.configuration == nil)
            #expect(outcome.rendered.contains("no configuration file here"))
        }
    }

    @Test func `what cannot be read is told with the reason`() throws {
        // Root may read everything but a directory, which is no file.
        try Command.check("mkdir", [path("odd.cfg")])
        let outcome = ConfigurationLoader.load([directory.path])
        #expect(outcome.configuration == nil)
        #expect(outcome.rendered.contains("odd.cfg:1:1: error: cannot read it: Is a directory"))
    }

    @Test func `somebody without the right to read is told to be root`() throws {
        try write(smallBalancer(), to: "secret.cfg")
        try Command.check("chmod", ["0600", path("secret.cfg")])
        try Command.check("chmod", ["0755", directory.path])
        let arguments = ["check", "-f", path("secret.cfg")]
        let nobody = ["--reuid", "65534", "--clear-groups", BinaryLocator.path]
        let result = try Command.run("setpriv", nobody + arguments)
        #expect(result.status == .exited(1))
        #expect(result.standardError.contains("Permission denied; run this as root (sudo)"))
    }

    @Test func `a file beyond all bounds is an error and not an empty configuration`() throws {
        let large = [UInt8](repeating: UInt8(ascii: "#"), count: ConfigurationLimits.fileBytes + 9)
        let file = OwnedDescriptor(
            adopting: try SystemCall.run("open") {
                unsafe open(path("large.cfg"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            }
        )
        #expect(unsafe Glibc.write(file.raw, large, large.count) == large.count)
        let outcome = ConfigurationLoader.load([path("large.cfg")])
        #expect(outcome.configuration == nil)
        #expect(outcome.errorCount >= 1)
    }
}
