package import Primitives

/// A network interface as the kernel describes it (`RTM_NEWLINK`).
package struct KernelLink: Hashable, Sendable {
    package let index: UInt32
    package let name: String
    /// Administratively up (`IFF_UP`).
    package let isUp: Bool
    /// The cable is in and the link may carry traffic (`IFF_LOWER_UP` and `IFF_RUNNING`).
    package let hasCarrier: Bool
    /// `nil` where the interface is not Ethernet: there is nobody to announce to.
    package let mac: MACAddress?

    package init(index: UInt32, name: String, isUp: Bool, hasCarrier: Bool, mac: MACAddress?) {
        self.index = index
        self.name = name
        self.isUp = isUp
        self.hasCarrier = hasCarrier
        self.mac = mac
    }

    /// Up and with carrier: frames can leave.
    package var isUsable: Bool { isUp && hasCarrier }
}
