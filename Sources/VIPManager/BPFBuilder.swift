/// Assembles a program whose jumps go forward to named places, each marked once.
struct BPFBuilder<Label: Hashable> {
    private var instructions: [BPFInstruction] = []
    private var places: [Label: Int] = [:]
    private var jumps: [(at: Int, condition: BPFInstruction.Condition, to: Label)] = []

    mutating func append(_ instruction: BPFInstruction) { instructions.append(instruction) }

    mutating func append(_ more: [BPFInstruction]) { instructions += more }

    mutating func jump(_ condition: BPFInstruction.Condition = .always, to label: Label) {
        jumps.append((instructions.count, condition, label))
        instructions.append(.exit)
    }

    mutating func mark(_ label: Label) {
        precondition(places.updateValue(instructions.count, forKey: label) == nil, "marked twice")
    }

    /// The program with its jumps filled in.
    consuming func finish() -> [BPFInstruction] {
        var program = instructions
        for (position, condition, label) in jumps {
            guard let place = places[label], place > position else {
                preconditionFailure("a jump to nowhere, or backward")
            }
            // Counted from the instruction behind the jump.
            program[position] = .jump(condition, by: Int16(place - position - 1))
        }
        return program
    }
}
