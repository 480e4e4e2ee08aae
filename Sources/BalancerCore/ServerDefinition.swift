package import Primitives

/// One `server` line, resolved.
package struct ServerDefinition: Sendable, Equatable {
    package var name: String
    package var endpoint: Endpoint
    /// 0...256; 0 takes no balanced traffic.
    package var weight: Int
    /// `backup`: used only when no active server is usable.
    package var isBackup: Bool
    /// `disabled`: starts in maintenance.
    package var isDisabled: Bool
    /// `nil`: the server is never checked and always believed.
    package var check: CheckDefinition?

    package init(
        name: String,
        endpoint: Endpoint,
        weight: Int = 1,
        isBackup: Bool = false,
        isDisabled: Bool = false,
        check: CheckDefinition? = nil
    ) {
        precondition(BalancerLimits.weights.contains(weight), "weight \(weight) of \(name)")
        self.name = name
        self.endpoint = endpoint
        self.weight = weight
        self.isBackup = isBackup
        self.isDisabled = isDisabled
        self.check = check
    }
}
