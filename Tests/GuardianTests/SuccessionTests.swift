import Guardian
import Testing

@Suite struct SuccessionTests {
    @Test(arguments: [
        Succession(), Succession(pidFile: "/run/a:b.pid", predecessors: [1, 22], signal: 15),
        Succession(predecessors: [7]),
    ])
    func `it outlives the change of the process's memory`(_ succession: Succession) {
        #expect(Succession(text: succession.text) == succession)
    }

    @Test(arguments: ["", "x::", "10"]) func `nonsense is none`(_ text: String) {
        #expect(Succession(text: text) == nil)
    }
}
