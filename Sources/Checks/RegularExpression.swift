internal import BalancerCore
internal import CPCRE2

/// A compiled pattern of `expect rstring` and its like: PCRE2 over bytes, as HAProxy on Debian. It
/// is never changed, so that any thread may use it (pcre2api(3), "MULTITHREADING").
@safe package final class RegularExpression: Sendable {
    /// A pattern that is none.
    package struct Mistake: Error, CustomStringConvertible {
        package let description: String
    }

    /// Of one search: so that no answer keeps the checks waiting. A plain pattern needs a few for
    /// each byte.
    private static let steps: UInt32 = 1_000_000

    /// Owned; freed once, in `deinit`.
    nonisolated(unsafe) private let code: OpaquePointer

    package init(_ text: String) throws(Mistake) {
        var error: Int32 = 0
        var offset = 0
        let pattern = Array(text.utf8)
        let compiled = unsafe pattern.withUnsafeBufferPointer { bytes in
            unsafe hb_pcre2_compile(bytes.baseAddress, bytes.count, &error, &offset)
        }
        guard let compiled = unsafe compiled else {
            throw Mistake(description: "\(Self.words(error)) at offset \(offset)")
        }
        unsafe code = compiled
    }

    deinit { unsafe hb_pcre2_free(code) }

    /// Whether it occurs in the bytes; also not where finding out takes too long.
    package func finds(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe hb_pcre2_find(code, buffer.baseAddress, buffer.count, Self.steps) == 1
        }
    }

    private static func words(_ error: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let size = buffer.count
        unsafe buffer.withUnsafeMutableBufferPointer { bytes in
            unsafe hb_pcre2_message(error, bytes.baseAddress, size)
        }
        return String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
    }
}

extension CheckPattern {
    package init(_ text: String) throws(RegularExpression.Mistake) {
        let expression = try RegularExpression(text)
        self.init(text) { expression.finds($0) }
    }
}
