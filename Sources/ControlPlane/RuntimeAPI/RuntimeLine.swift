/// The words of one line of the runtime API: HAProxy's management.txt §9.3.
package enum RuntimeLine {
    private static let backslash = UInt8(ascii: "\\")
    private static let semicolon = UInt8(ascii: ";")

    /// The commands of a line without its line end, each as words.
    ///
    /// `;` separates commands, blanks separate words, `\` takes the next byte as it is. An empty
    /// command is an empty list: HAProxy answers it too.
    package static func commands(in line: some Sequence<UInt8>) -> [[String]] {
        var commands: [[String]] = []
        var words: [String] = []
        var word: [UInt8] = []
        var isInWord = false
        var isEscaped = false
        func endWord() {
            if isInWord { words.append(String(decoding: word, as: UTF8.self)) }
            word.removeAll(keepingCapacity: true)
            isInWord = false
        }
        for byte in line {
            switch byte {
            case _ where isEscaped:
                word.append(byte)
                isEscaped = false
            case backslash:
                isEscaped = true
                isInWord = true
            case semicolon:
                endWord()
                commands.append(words)
                words.removeAll()
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                endWord()
            default:
                word.append(byte)
                isInWord = true
            }
        }
        endWord()
        commands.append(words)
        return commands
    }

    /// One word as a client must send it, so that `commands(in:)` gives it back.
    package static func escaped(_ word: String) -> String {
        var result = ""
        for character in word {
            if "\\; \t".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
