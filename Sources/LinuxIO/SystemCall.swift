internal import CLinux

/// The one place where an interrupted system call is repeated and its error is read.
package enum SystemCall {
    /// Runs a call that answers -1 and sets `errno` when it fails, again while signals interrupt
    /// it.
    ///
    /// An errno that can only mean a mistake of this program (`EBADF`, `EFAULT`, `ENOTSOCK`) traps:
    /// to go on would be to use somebody else's descriptor.
    /// - Parameters:
    ///   - name: the call, as in section 2 of the manual
    ///   - subject: what it is for, as the operator would name it
    @discardableResult
    package static func run<Result: SignedInteger>(
        _ name: StaticString,
        _ subject: @autoclosure () -> String = "",
        _ body: () -> Result
    ) throws(SystemError) -> Result {
        while true {
            let result = body()
            guard result < 0 else { return result }
            let errno = hb_errno()
            if errno == EINTR { continue }
            precondition(hb_is_own_fault(errno) == 0, "a descriptor or buffer of ours is not ours")
            throw SystemError("\(name)", subject(), errno: errno)
        }
    }

    /// The same for a call whose failure may just mean "not now": `nil` for `EAGAIN`.
    package static func runUnlessBlocked<Result: SignedInteger>(
        _ name: StaticString,
        _ subject: @autoclosure () -> String = "",
        _ body: () -> Result
    ) throws(SystemError) -> Result? {
        do {
            return try run(name, subject(), body)
        } catch {
            guard error.errno == EAGAIN else { throw error }
            return nil
        }
    }
}
