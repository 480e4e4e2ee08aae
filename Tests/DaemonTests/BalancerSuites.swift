import Testing

/// Whole programs with their threads: one at a time.
@Suite(.serialized) enum BalancerSuites {}
