package import Primitives

/// `track gateway ADDR`, `track interface NAME`, `track script PATH`: what makes a node the better
/// holder of the virtual addresses. There are no weights: it is well, or it has failed.
package struct TrackSettings: Sendable, Equatable {
    package enum Subject: Sendable, Hashable {
        /// Answers an ICMP echo request.
        case gateway(IPAddress)
        /// Is there, is up and has carrier. The kernel tells: no pace.
        case interface(String)
        /// Ends with status 0. Absolute.
        case script(String)
    }

    package var subject: Subject
    package var location: SourceLocation
    /// From one try to the next, 100 ms ... 10 min.
    package var interval: Duration = .seconds(1)
    /// After this a try has failed, 10 ms ... 10 min.
    package var timeout: Duration = .seconds(1)
    /// So many failures in a row, 1 ... 100, and it has failed.
    package var fall = 3
    /// So many successes in a row, 1 ... 100, and it is well again.
    package var rise = 2

    package init(_ subject: Subject, location: SourceLocation) {
        self.subject = subject
        self.location = location
    }

    /// As in the file.
    package var name: String {
        switch subject {
        case .gateway(let address): "gateway \(address)"
        case .interface(let interface): "interface \(interface)"
        case .script(let path): "script \(path)"
        }
    }
}
