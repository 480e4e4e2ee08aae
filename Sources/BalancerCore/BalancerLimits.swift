internal import Primitives

/// The bounds of this target, written once. The translator of the configuration reports what
/// exceeds them; here they are preconditions.
package enum BalancerLimits {
    /// Servers of one backend. HAProxy's `roundrobin` ends at the same number.
    package static let serversPerBackend = 4095
    /// What `set weight` accepts; 0 means: no new sessions.
    package static let weights = 0...Weight.limit
    /// Places in the table of `balance static-rr` and `source`, which is filled under the backend's
    /// lock. Weights that would need more are rounded.
    package static let mapPlaces = 65_536
    /// Bytes of a MySQL user name that fit into the check packet of every dialect (MariaDB allows
    /// 80 characters of up to four bytes).
    package static let checkUserBytes = 320
    /// Bytes of one packet of a check's answer that are kept. A greeting or an error is far
    /// smaller; more is an invalid response.
    package static let checkAnswerBytes = 4096
    /// Bytes of the answer to `httpchk` and `tcp-check` that are looked at, as HAProxy's
    /// `tune.bufsize`.
    package static let textAnswerBytes = 16_384
    /// Characters of a check's info text that are kept for the log and for `show stat`.
    package static let checkInfoCharacters = 256
}
