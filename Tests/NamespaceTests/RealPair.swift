import Testing

/// Two real daemons in network namespaces: real netlink, real packets, real kills. Needs root, `ip`
/// and `nft`.
///
/// One test at a time: they measure, and each wants the machine for itself.
@Suite(.serialized) enum RealPair {}
