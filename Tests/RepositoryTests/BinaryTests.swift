import Testing

/// What a node has to have for the programs to run there: the C library, and no Swift.
@Suite struct BinaryTests {
    private static let programs = [
        Repository.binary, Repository.binary.replacing(#/[^/]+$/#, with: "glbd"),
    ]

    @Test(arguments: programs)
    func `it links only what Debian's base and the packages of the README have`(
        _ program: String
    ) {
        let dynamic = Command("readelf", "--dynamic", "--wide", program).run()
        #expect(dynamic.status == 0, "\(dynamic.output)")
        let needed = dynamic.output.matches(of: #/\(NEEDED\).*\[(\S+)\.so/#).map {
            String($0.output.1)
        }
        let allowed: Set = [
            "libc", "libm", "libgcc_s", "libstdc++", "libbpf", "libmnl", "libpcre2-8", "liburing",
            "ld-linux-x86-64", "ld-linux-aarch64",
        ]
        #expect(needed.contains("libc"))
        #expect(Set(needed).subtracting(allowed).isEmpty)
    }

    @Test(arguments: programs)
    func `neither Foundation nor ICU is linked into it`(_ program: String) {
        let symbols = Command("nm", "--format=just-symbols", program).run()
        #expect(symbols.status == 0)
        let lines = symbols.output.split(separator: "\n")
        #expect(lines.count > 1000)
        #expect(!lines.contains { $0.contains("$s10Foundation") })
        #expect(!lines.contains { $0.contains("icudt") || $0.hasPrefix("ucol_") })
    }

    @Test(arguments: programs)
    func `stripped, it is smaller than 30 MB`(_ program: String) throws {
        try withTemporaryFolder { folder in
            let strip = Command("strip", "-o", "\(folder)/stripped", program).run()
            #expect(strip.status == 0, "\(strip.output)")
            let size = Command("stat", "-c", "%s", "\(folder)/stripped").run().output
            let bytes = try #require(Int(size.prefix { $0.isNumber }))
            #expect(bytes < 30_000_000)
        }
    }
}
