package import PairControl
package import Primitives
package import VIPManager

/// What the heart tells the rest of the daemon. Nothing waits for an answer but what is said below.
package enum HeartReport: Sendable {
    case notice(Notice)
    case address(VIPEvent)
    case rail(RailTrouble)
    /// A warning in words, such as a right that is missing.
    case warning(String)
    /// To be kept on disk; answered by `Heart.epochsReserved`.
    case reserveEpochs(upTo: UInt64)
    case storeMaintenance(Bool)
    /// Where the peer's interface is, to be kept on disk.
    case rememberPeer(MACAddress)
    /// The relay shall reset the sessions of the virtual addresses.
    case resetSessions
    /// The sessions that the other node held are dead and may not know it.
    case challengeSessions
    case completed(order: UInt32, OrderOutcome)
    /// The orderly stop is over.
    case exit
}

/// A heartbeat path that stopped or began to work on this side. Rails are numbered from 0.
package enum RailTrouble: Equatable, Sendable {
    case cannotOpen(rail: Int, name: String, reason: String)
    case opened(rail: Int, name: String)
    case cannotSend(rail: Int, name: String, reason: String)
    /// After `cannotSend`.
    case worksAgain(rail: Int, name: String)
}
