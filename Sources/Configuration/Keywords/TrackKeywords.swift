internal import Primitives

/// `track` lines of the `pair` section.
enum TrackKeywords {
    private static let pace = "[every <time>] [timeout <time>] [fall <count>] [rise <count>]"

    static let lines: [Keyword<PairDraft>] = [
        Keyword("track gateway", "<address> \(pace)") { (pair, arguments) throws(Complaint) in
            let location = arguments.keyword
            let subject = TrackSettings.Subject.gateway(try gateway(&arguments))
            try add(TrackSettings(subject, location: location), to: &pair, &arguments)
        },
        Keyword("track interface", "<interface>") { (pair, arguments) throws(Complaint) in
            let location = arguments.keyword
            let name = try PairKeywords.interfaceName(&arguments)
            try append(TrackSettings(.interface(name), location: location), to: &pair, arguments)
        },
        Keyword("track script", "<path> \(pace)") { (pair, arguments) throws(Complaint) in
            let location = arguments.keyword
            let subject = TrackSettings.Subject.script(try arguments.path())
            try add(TrackSettings(subject, location: location), to: &pair, &arguments)
        },
    ]

    private static let options = KeywordTable<TrackSettings>([
        Keyword("every", "<time>") { (track, arguments) throws(Complaint) in
            track.interval = try arguments.duration(.milliseconds(100) ... .seconds(600))
        },
        Keyword("timeout", "<time>") { (track, arguments) throws(Complaint) in
            track.timeout = try arguments.duration(.milliseconds(10) ... .seconds(600))
        },
        Keyword("fall", "<count>") { (track, arguments) throws(Complaint) in
            track.fall = try arguments.integer(1...100, "how many failures in a row count")
        },
        Keyword("rise", "<count>") { (track, arguments) throws(Complaint) in
            track.rise = try arguments.integer(1...100, "how many successes in a row count")
        },
    ])

    private static func gateway(_ arguments: inout Arguments) throws(Complaint) -> IPAddress {
        let word = try arguments.word("the numeric address of a gateway")
        guard let address = IPAddress(word.text) else {
            throw Complaint(
                "'\(word.text)' is not a numeric address: a name might not resolve just when the"
                    + " gateway matters",
                at: word.location
            )
        }
        try PairKeywords.refuseUnusable(address, word)
        guard !address.isLoopback else {
            throw Complaint("'\(word.text)' is a loopback address", at: word.location)
        }
        if case .v6(let high, _) = address, high >> 54 == 0x3FA {
            throw Complaint(
                "'\(word.text)' is a link-local address, which means nothing without an interface:"
                    + " give the gateway's global or unique local one",
                at: word.location
            )
        }
        return address
    }

    /// With the options behind it.
    private static func add(
        _ track: TrackSettings,
        to pair: inout PairDraft,
        _ arguments: inout Arguments
    ) throws(Complaint) {
        let subject = arguments
        var track = track
        options.applyOptions(to: &track, &arguments, of: "track")
        try append(track, to: &pair, subject)
    }

    /// - Parameter arguments: as they were behind the subject
    private static func append(
        _ track: TrackSettings,
        to pair: inout PairDraft,
        _ arguments: Arguments
    ) throws(Complaint) {
        let place = arguments.previous.location
        guard !pair.tracks.contains(where: { $0.subject == track.subject }) else {
            throw Complaint("'\(track.name)' is tracked already", at: place)
        }
        guard pair.tracks.count < ConfigurationLimits.tracks else {
            let limit = ConfigurationLimits.tracks
            throw Complaint("more than \(limit) 'track' lines", at: place)
        }
        pair.tracks.append(track)
    }
}
