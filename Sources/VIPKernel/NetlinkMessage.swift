package import VIPManager

/// One message of rtnetlink, as far as it matters here.
package struct NetlinkMessage: Equatable, Sendable {
    package enum Body: Equatable, Sendable {
        case change(KernelChange)
        /// `NLMSG_ERROR`: the answer to a request; 0 is an acknowledgement.
        case answer(errno: Int32)
        /// `NLMSG_DONE`: the end of a dump, with an error if it broke off.
        case done(errno: Int32)
        /// Any other type, another address family, or a message that is not well formed.
        case irrelevant
    }

    /// Of the request that this answers; 0 in the kernel's own notifications.
    package let sequence: UInt32
    /// Of the socket whose request this answers or was caused by.
    package let portID: UInt32
    /// `NLM_F_DUMP_INTR`: the table changed while it was read.
    package let isInterrupted: Bool
    package let body: Body
}
