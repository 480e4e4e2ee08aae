import Testing

@Suite struct ImportTests {
    private static let rules = ImportRules(Repository.lines(of: "docs/ARCHITECTURE.md"))

    @Test func `a source file imports only what its target may`() throws {
        let files = Repository.files(under: "Sources", suffix: ".swift")
        #expect(!files.isEmpty)
        for path in files {
            let target = String(path.split(separator: "/")[1])
            let allowed = try #require(
                Self.rules.allowed(in: target),
                "\(target) is new: give it a line in docs/ARCHITECTURE.md"
            )
            for line in Repository.lines(of: path) {
                guard let module = ImportRules.module(importedBy: line) else { continue }
                #expect(allowed.contains(module), "\(path): \(target) may not import \(module)")
            }
        }
    }

    @Test func `in the table of targets arrows point down only, and from pure to pure`() {
        let rows = Self.rules.rows
        #expect(rows.count >= 16)
        for (index, row) in rows.enumerated() {
            let above = rows[...index].flatMap(\.targets)
            #expect(row.imports.isDisjoint(with: above), "\(row.targets) imports upward")
            guard row.kind == .pure else { continue }
            let pure = rows.filter { $0.kind == .pure }.flatMap(\.targets)
            #expect(row.imports.isSubset(of: pure), "\(row.targets) is not pure")
        }
    }

    @Test func `a test uses neither Foundation nor XCTest nor testable imports`() {
        let files = Repository.files(under: "Tests", suffix: ".swift")
        #expect(!files.isEmpty)
        let wrong = Repository.places(in: files) { line in
            guard let module = ImportRules.module(importedBy: line) else { return false }
            return ["Foundation", "XCTest"].contains(module) || line.contains("@test" + "able")
        }
        #expect(wrong == [])
    }

    @Test(arguments: [
        ("internal import Glibc", "Glibc"), ("import Testing", "Testing"),
        ("package import struct Primitives.Instant", "Primitives"),
        ("@preconcurrency internal import func Glibc.sin", "Glibc"),
    ])
    func `an import is recognised in each of its forms`(_ line: String, _ module: String) {
        #expect(ImportRules.module(importedBy: line[...]) == module)
        #expect(ImportRules.module(importedBy: "// \(line)") == nil)
    }
}
