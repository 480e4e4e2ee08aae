import ControlPlane
import Testing

struct RuntimeLineTests {
    @Test(arguments: [
        ("show info", [["show", "info"]]),
        ("  show \t info  ", [["show", "info"]]),
        ("show info\r", [["show", "info"]]),
        ("show info;show stat", [["show", "info"], ["show", "stat"]]),
        ("show stat a\\;b 1 -1", [["show", "stat", "a;b", "1", "-1"]]),
        ("failover to my\\ node", [["failover", "to", "my node"]]),
        ("a\\\\b", [["a\\b"]]),
        ("", [[]]),
        (";", [[], []]),
        ("show info;", [["show", "info"], []]),
        ("end\\", [["end"]]),
    ])
    func `semicolons separate commands, blanks words, a backslash neither`(
        line: String,
        commands: [[String]]
    ) {
        #expect(RuntimeLine.commands(in: line.utf8) == commands)
    }

    @Test(arguments: ["plain", "with space", "semi;colon", "back\\slash", "tab\there", "ü"])
    func `an escaped word comes back as it was`(_ word: String) {
        let line = "failover to " + RuntimeLine.escaped(word)
        #expect(RuntimeLine.commands(in: line.utf8) == [["failover", "to", word]])
    }
}
