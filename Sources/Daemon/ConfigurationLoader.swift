internal import CLinux
package import Configuration
internal import Glibc
internal import LinuxIO

/// Reads configuration files from disk and parses them: what `run`, `check` and `reload` share.
package struct ConfigurationLoader {
    package struct Outcome: Sendable {
        /// `nil` when anything is wrong.
        package var configuration: BalancerConfiguration?
        package var diagnostics: [Diagnostic]
        /// All diagnostics for people, with the lines they are about.
        package var rendered: String

        package var errorCount: Int { diagnostics.count { $0.severity == .error } }
    }

    /// - Parameter paths: files, read in their order; of a directory all `*.cfg` in the C locale's
    ///   order, as HAProxy's `-f`.
    package static func load(
        _ paths: [String],
        _ commandLine: CommandLineSettings = CommandLineSettings()
    ) -> Outcome {
        var files: [SourceFile] = []
        var problems: [Diagnostic] = []
        for path in paths {
            do {
                for file in try expand(path) { files.append(try read(file)) }
            } catch {
                problems.append(unreadable(error))
            }
        }
        if files.isEmpty, problems.isEmpty {
            problems.append(
                Diagnostic(
                    .error,
                    at: start(of: paths.first ?? "-"),
                    "no configuration file here: expected FILE or a folder with *.cfg"
                )
            )
        }
        let result = ConfigurationParser.parse(
            files,
            environment: environment(),
            commandLine: commandLine
        )
        let diagnostics = problems + (files.isEmpty ? [] : result.diagnostics)
        return Outcome(
            configuration: problems.isEmpty ? result.configuration : nil,
            diagnostics: diagnostics,
            rendered: DiagnosticRenderer(files).render(diagnostics)
        )
    }

    private static func start(of path: String) -> SourceLocation {
        SourceLocation(file: path, line: 1, column: 1)
    }

    /// The subject of the error is the file, or the directory that could not be listed.
    private static func unreadable(_ error: SystemError) -> Diagnostic {
        let advice =
            switch error.errno {
            case ENOENT: "; give the configuration with -f FILE"
            case EACCES, EPERM: "; run this as root (sudo)"
            default: ""
            }
        return Diagnostic(
            .error,
            at: start(of: error.subject),
            "cannot read it: \(error.reason)\(advice)"
        )
    }

    private static func expand(_ path: String) throws(SystemError) -> [String] {
        guard let directory = unsafe opendir(path) else {
            let error = SystemError.last("open", path)
            if error.errno == ENOTDIR { return [path] }
            throw error
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".cfg"), !name.hasPrefix(".") { names.append(path + "/" + name) }
        }
        return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    private static func read(_ path: String) throws(SystemError) -> SourceFile {
        SourceFile(
            name: path,
            bytes: try FileContent.read(path, limit: ConfigurationLimits.fileBytes + 1)
        )
    }

    private static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        guard var entry = unsafe hb_environment() else { return variables }
        while let text = unsafe entry.pointee {
            let line = unsafe String(cString: text)
            if let equals = line.firstIndex(of: "=") {
                variables[String(line[..<equals])] = String(line[line.index(after: equals)...])
            }
            unsafe entry += 1
        }
        return variables
    }
}
