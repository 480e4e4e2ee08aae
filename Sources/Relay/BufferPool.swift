/// The first bytes of a buffer; its payload follows. Buffers with bytes that a receiver did not
/// take form a chain, in order.
@safe struct Chunk {
    var next: ChunkPointer?
    /// The bytes of the payload that are still to be delivered.
    var start: UInt32
    var end: UInt32

    static let payloadBytes = RelayLimits.bufferBytes - MemoryLayout<Chunk>.stride

    static var empty: Chunk { unsafe Chunk(next: nil, start: 0, end: 0) }
}

typealias ChunkPointer = UnsafeMutablePointer<Chunk>

/// Every chunk comes from a `BufferPool`, which allocates the payload behind it.
@inline(__always)
func payload(_ chunk: ChunkPointer) -> UnsafeMutableRawPointer {
    unsafe UnsafeMutableRawPointer(chunk + 1)
}

/// Buffers of `RelayLimits.bufferBytes`: one that the worker reads into, and the spare ones.
@safe struct BufferPool {
    /// What every read goes into. A direction whose receiver is slow takes it with it.
    private(set) var shared: ChunkPointer
    /// A chain of unused buffers.
    private var spare: ChunkPointer?
    private var spares: Int32 = 0
    private(set) var held: Int32 = 0

    /// The shared one too.
    var allocated: Int32 { 1 + spares + held }

    init() {
        unsafe shared = unsafe Self.allocate()
    }

    /// Mapped and not from the heap, so that what a peak needed goes back to the kernel.
    private static func allocate() -> ChunkPointer {
        guard let memory = unsafe try? mapMemory(bytes: RelayLimits.bufferBytes) else {
            preconditionFailure("out of memory")
        }
        let chunk = unsafe memory.bindMemory(to: Chunk.self, capacity: 1)
        unsafe chunk.initialize(to: .empty)
        return unsafe chunk
    }

    /// An empty buffer, to be given back.
    mutating func take() -> ChunkPointer {
        held += 1
        guard let next = unsafe spare else { return unsafe Self.allocate() }
        unsafe spare = unsafe next.pointee.next
        spares -= 1
        unsafe next.initialize(to: .empty)
        return unsafe next
    }

    /// Gives the shared buffer with its content away; there is a fresh one afterwards.
    mutating func takeShared() -> ChunkPointer {
        let taken = unsafe shared
        unsafe shared = unsafe take()
        return unsafe taken
    }

    private static func free(_ chunk: ChunkPointer) {
        unsafe unmapMemory(chunk, bytes: RelayLimits.bufferBytes)
    }

    mutating func give(back chunk: ChunkPointer) {
        held -= 1
        guard spares < RelayLimits.spareBuffers else { return unsafe Self.free(chunk) }
        unsafe chunk.pointee.next = unsafe spare
        unsafe spare = unsafe chunk
        spares += 1
    }

    /// After the last buffer was given back.
    mutating func deallocate() {
        precondition(held == 0, "a buffer is still held")
        unsafe Self.free(shared)
        while let next = unsafe spare {
            unsafe spare = unsafe next.pointee.next
            unsafe Self.free(next)
        }
    }
}
