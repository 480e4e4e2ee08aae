/// `option redispatch [N]`: when a retry may go to another server.
package enum RedispatchPolicy: Sendable, Equatable {
    /// Not given, or N = 0: every retry goes to the same server.
    case never
    /// N > 0: every N-th retry.
    case everyRetry(Int)
    /// N < 0: the retry that has -N - 1 more behind it. 1, the default, is the last retry.
    case fromLastRetry(Int)
}
