/// What a configuration says, complete and consistent.
package struct BalancerConfiguration: Sendable, Equatable {
    package var global: GlobalSettings
    /// Every `listen`, `frontend` and `backend`, in the order of the files; disabled ones too.
    package var proxies: [Proxy]
    /// The `pair` section; `nil` makes this a plain balancer.
    package var pair: PairSettings?
    /// 64-bit FNV-1a of the words, environment expanded: equal where both nodes run the same
    /// configuration, whatever its comments and its white space.
    package var digest: UInt64
}
