import Glibc

/// This working copy, as the rules of the house see it.
enum Repository {
    /// Its folder, with no slash at the end.
    static let root: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(3).joined(separator: "/")
    }()

    /// The built program: `HA_BALANCER_BINARY`, or the one beside the test bundle.
    static let binary: String = {
        if let told = unsafe getenv("HA_BALANCER_BINARY") { return unsafe String(cString: told) }
        let bundle = CommandLine.arguments.first ?? ""
        return bundle.split(separator: "/", omittingEmptySubsequences: false)
            .dropLast().joined(separator: "/") + "/ha-balancer"
    }()

    /// Paths below the root, sorted, of all files that git tracks or would track.
    static let files: [String] = {
        let listing = Command("git", "-c", "safe.directory=*", "-C", root) {
            ["ls-files", "--cached", "--others", "--exclude-standard"]
        }.run()
        return listing.output.split(separator: "\n").map(String.init)
            .filter { unsafe access("\(root)/\($0)", R_OK) == 0 }.sorted()
    }()

    static func files(under folders: String..., suffix: String = "") -> [String] {
        files.filter { path in
            path.hasSuffix(suffix) && folders.contains { path.hasPrefix($0 + "/") }
        }
    }

    /// The lines of a file, named by its path below the root; nothing if it cannot be read.
    static func lines(of path: String) -> [Substring] {
        guard let stream = unsafe fopen("\(root)/\(path)", "r") else { return [] }
        defer { unsafe fclose(stream) }
        return unsafe text(of: stream).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// `path:line: text` of every line that is wrong.
    static func places(in paths: [String], where isWrong: (Substring) -> Bool) -> [String] {
        paths.flatMap { path in
            zip(1..., lines(of: path)).filter { isWrong($0.1) }.map { "\(path):\($0.0): \($0.1)" }
        }
    }
}
