/// `source`: where connections to servers come from.
package struct ConnectSource: Sendable, Equatable {
    /// `0.0.0.0` or `::`: as the routes say, only the interface counts.
    package var address: IPAddress
    /// `interface`: they leave by no other.
    package var interface: String?

    package init(address: IPAddress, interface: String? = nil) {
        self.address = address
        self.interface = interface
    }
}
