/// Buffers of `RelayLimits.bufferBytes`: one that the worker reads into, and the spare ones.
@safe struct BufferPool {
    /// What every read goes into. A direction whose receiver is slow takes it with it.
    private(set) var shared: UnsafeMutableRawPointer
    /// A list through the first word of each spare buffer.
    private var spare: UnsafeMutableRawPointer?
    private var spares: Int32 = 0
    private(set) var held: Int32 = 0

    init() {
        unsafe shared = unsafe Self.allocate()
    }

    private static func allocate() -> UnsafeMutableRawPointer {
        .allocate(byteCount: RelayLimits.bufferBytes, alignment: 4096)
    }

    /// Gives the shared buffer with its content away; there is a fresh one afterwards.
    mutating func takeShared() -> UnsafeMutableRawPointer {
        let taken = unsafe shared
        held += 1
        if let next = unsafe spare {
            unsafe spare = unsafe next.load(as: UnsafeMutableRawPointer?.self)
            spares -= 1
            unsafe shared = unsafe next
        } else {
            unsafe shared = unsafe Self.allocate()
        }
        return unsafe taken
    }

    mutating func give(back buffer: UnsafeMutableRawPointer) {
        held -= 1
        guard spares < RelayLimits.spareBuffers else { return unsafe buffer.deallocate() }
        unsafe buffer.storeBytes(of: spare, as: UnsafeMutableRawPointer?.self)
        unsafe spare = unsafe buffer
        spares += 1
    }

    /// After the last buffer was given back.
    mutating func deallocate() {
        precondition(held == 0, "a buffer is still held")
        unsafe shared.deallocate()
        while let next = unsafe spare {
            unsafe spare = unsafe next.load(as: UnsafeMutableRawPointer?.self)
            unsafe next.deallocate()
        }
    }
}
