import Relay
import Testing

@Suite struct SessionSlabTests {
    /// A slab that gives its memory back.
    private struct Bed: ~Copyable {
        var slab: SessionSlab

        init(capacity: Int) throws { slab = try SessionSlab(capacity: capacity) }

        deinit { slab.unmap() }

        func generation(_ index: Int) -> UInt32 { unsafe slab.base[index].generation }
    }

    @Test func `the lowest free slot is used first, and never one that is in use`() throws {
        var bed = try Bed(capacity: 200)
        var used: Set<UInt32> = []
        while let index = bed.slab.take() { used.insert(index) }
        #expect(used.count == 200)
        for index in [130, 7, 64] as [UInt32] { bed.slab.give(back: index) }
        let again = [bed.slab.take(), bed.slab.take(), bed.slab.take(), bed.slab.take()]
        #expect(again == [7, 64, 130, nil])
    }

    @Test func `what a peak needed goes back once its sessions have ended, and can be used again`()
        throws
    {
        var bed = try Bed(capacity: 10_000)
        while bed.slab.take() != nil {}
        let oldGeneration = bed.generation(9999)
        // One session of the peak lives on, low in the slab.
        for index in (0..<10_000) as Range<UInt32> where index != 100 {
            bed.slab.give(back: index)
        }
        let (used, touched) = (bed.slab.used, bed.slab.touched)
        #expect(used == 1)
        #expect(touched <= 2048)
        // The kernel has the memory: it reads as zero.
        let (given, kept) = (bed.generation(9999), bed.generation(100))
        #expect(given == 0)
        #expect(kept == 101)
        var count = 0
        while bed.slab.take() != nil { count += 1 }
        #expect(count == 9999)
        let newGeneration = bed.generation(9999)
        #expect(newGeneration > oldGeneration)
    }
}
