import LinuxIO
import Synchronization

/// Runs blocking code on a thread of its own: on a small machine two blocked tests would occupy all
/// of Swift's pool, which the handlers of the server need.
func offPool<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    let outcome = Outcome<Value>()
    let thread = try Thread.start(name: "test") {
        let result = Result { try body() }
        outcome.result.withLock { $0 = result }
    }
    while outcome.result.withLock({ $0 }) == nil {
        try? await Task.sleep(for: .milliseconds(1))
    }
    thread.join()
    guard let result = outcome.result.withLock({ $0 }) else { preconditionFailure("no outcome") }
    return try result.get()
}

private final class Outcome<Value: Sendable>: Sendable {
    let result = Mutex<Result<Value, any Error>?>(nil)
}
