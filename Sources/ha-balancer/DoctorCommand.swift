internal import ArgumentParser
internal import ControlPlane
internal import Daemon
internal import Diagnosis
internal import Doctor

/// `doctor`: would this node do its work? To be asked before it goes live, and when it does not.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examine this node, its network and its way to the other node; change nothing.",
        discussion: """
            With a running daemon it asks that one; without, it speaks to the other node itself, \
            as a node in maintenance, for two seconds. Run it on both nodes before they go live, \
            at one time. Needs root.

            Exit status: 0 nothing failed (there may be warnings), 1 something failed, 2 wrong \
            usage.
            """
    )

    /// Where the unit has it.
    private static let standardFile = "/etc/ha-balancer/ha-balancer.cfg"

    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp(
            "Configuration file or folder. (default: \(standardFile))",
            valueName: "file"
        )
    )
    var files: [String] = []

    @Option(
        name: [.customShort("L"), .customLong("node")],
        help: ArgumentHelp("This node's name in the pair section.", valueName: "node")
    )
    var node: String?

    @Option(
        name: [.long, .customShort("s")],
        help: ArgumentHelp("The daemon's socket, if not as configured.", valueName: "path")
    )
    var socket: String?

    @Option(help: ArgumentHelp("Listen to the other node for so long.", valueName: "seconds"))
    var listen = 2

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func validate() throws {
        guard (1...60).contains(listen) else {
            throw ValidationError("--listen takes 1 to 60 seconds")
        }
    }

    func run() throws {
        let outcome = ConfigurationLoader.load(files.isEmpty ? [Self.standardFile] : files)
        guard let configuration = outcome.configuration else {
            Report.write(outcome.rendered)
            Report.summary(outcome)
            throw ExitCode(1)
        }
        let doctor = Doctor(
            configuration,
            .init(node: node, socket: socket, patience: .seconds(listen))
        )
        let diagnosis = Diagnosis(doctor.examine())
        if json {
            print(JSONText.encode(diagnosis, pretty: true))
        } else {
            print(diagnosis.text(colour: Terminal.wantsColour), terminator: "")
        }
        guard diagnosis.exitStatus == 0 else { throw ExitCode(diagnosis.exitStatus) }
    }
}
