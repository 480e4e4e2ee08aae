internal import PairControl
internal import Primitives

/// What is going to happen, in the order of its time; of one instant, in the order of planning.
struct Timeline {
    private struct Entry {
        var at: Instant
        var order: UInt64
        /// Where in `happenings` it is: what is moved about in the heap stays small.
        var place: Int

        func precedes(_ other: Entry) -> Bool {
            at != other.at ? at < other.at : order < other.order
        }
    }

    private var heap: [Entry] = []
    private var happenings: [Happening] = []
    private var free: [Int] = []
    private var planned: UInt64 = 0

    var nextAt: Instant? { heap.first?.at }

    mutating func plan(_ what: Happening, at: Instant) {
        planned += 1
        let place: Int
        if let last = free.popLast() {
            place = last
            happenings[place] = what
        } else {
            place = happenings.count
            happenings.append(what)
        }
        heap.append(Entry(at: at, order: planned, place: place))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func takeNext() -> (at: Instant, what: Happening)? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in 2 * parent + 1...2 * parent + 2
            where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            guard least != parent else { break }
            heap.swapAt(parent, least)
            parent = least
        }
        free.append(first.place)
        return (first.at, happenings[first.place])
    }
}

/// Something that happens at a time of the world. What concerns one life of a daemon names it and
/// is forgotten if that life is over.
enum Happening {
    case timer(host: Int, life: Int, generation: Int)
    case arrival(Datagram)
    /// A volley of this host arrives at the other one.
    case probed(by: Int, SegmentQuestion)
    case segmentHeard(host: Int, SegmentNews)
    case notifications(host: Int, [KernelBatch])
    case mail(host: Int, life: Int, Mail)
    /// A question arrives at the arbiter.
    case arbiterAsked(host: Int, life: Int, ArbiterRequest)
    /// The clerk's rhythm.
    case clerk(host: Int, life: Int)
    case diskWritten(host: Int, life: Int, DiskJob)
    case processResumes(host: Int, life: Int, generation: Int)
    case hostResumes(host: Int, generation: Int)
    case guardianActs(host: Int, life: Int, GuardianStep)
    case starts(host: Int, life: Int)
    case faultEnds(Fault)
    case action
}

enum GuardianStep {
    case removesAddresses
    case tellsPeer
    case tellsPeerFirst
}
