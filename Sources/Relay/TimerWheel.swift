internal import LinuxIO

/// When the worker has to look at which session: a hierarchical wheel of four levels of 64 slots.
///
/// A tick is 8 ms, so the levels reach 0.5 s, 33 s, 35 min and 37 h; what is later is looked at
/// after 37 h and put back. Moving data does not touch the wheel: a session that is looked at and
/// was active meanwhile is put back (see `SessionLogic.deadline`).
@safe package struct TimerWheel {
    static let millisecondsPerTick: UInt32 = 8
    private static let levels = 4
    private static let farthest: UInt32 = 1 << 24 - 1

    private let sessions: SessionPointer
    private let heads: UnsafeMutablePointer<UInt32>
    /// A bit for each slot that is not empty, one word per level.
    private var occupied: InlineArray<4, UInt64> = [0, 0, 0, 0]
    /// The last tick that was worked off (wraps).
    package private(set) var tick: UInt32
    /// No slot has to be worked off before this tick; known while `isNextKnown`. Kept, because each
    /// turn of the loop asks and few change it.
    private var next: UInt32 = 0
    private var isNextKnown = false

    package init(sessions: SessionPointer, tick: UInt32) {
        unsafe self.sessions = unsafe sessions
        self.tick = tick
        unsafe heads = .allocate(capacity: Self.levels * 64)
        unsafe heads.initialize(repeating: SessionSlab.none, count: Self.levels * 64)
    }

    package func deallocate() {
        unsafe heads.deallocate()
    }

    /// Has the session looked at in tick `due`, or in the next one if that is over.
    package mutating func schedule(_ index: UInt32, at due: UInt32) {
        cancel(index)
        var distance = due &- tick
        if Int32(bitPattern: distance) < 1 { distance = 1 }
        if distance > Self.farthest { distance = Self.farthest }
        let session = unsafe sessions + Int(index)
        unsafe session.pointee.timerTick = tick &+ distance
        insert(index, distance: distance)
    }

    /// The tick in which a slot has to be worked off next; `nil` when the wheel is empty. May be
    /// too early after a `cancel`.
    package mutating func nextTick() -> UInt32? {
        if isNextKnown { return next }
        guard let ticks = ticksToNext else { return nil }
        next = tick &+ ticks
        isNextKnown = true
        return next
    }

    /// Ticks until a slot has to be worked off; `nil` when the wheel is empty.
    private var ticksToNext: UInt32? {
        var nearest: UInt32?
        for level in 0..<Self.levels where occupied[level] != 0 {
            let shift = UInt32(level * 6)
            let position = (tick >> shift) & 63
            // The slot after the current one becomes bit 0.
            let rotated = Self.rotateRight(occupied[level], by: position + 1)
            let slots = UInt32(rotated.trailingZeroBitCount) + 1
            let due = ((tick >> shift) &+ slots) << shift
            nearest = min(nearest ?? .max, due &- tick)
        }
        return nearest
    }

    package mutating func cancel(_ index: UInt32) {
        let session = unsafe sessions + Int(index)
        guard unsafe session.pointee.flags.contains(.timed) else { return }
        unsafe session.pointee.flags.remove(.timed)
        let next = unsafe session.pointee.timerNext
        let previous = unsafe session.pointee.timerPrevious
        let slot = unsafe Int(session.pointee.timerSlot)
        if next != SessionSlab.none { unsafe sessions[Int(next)].timerPrevious = previous }
        if previous != SessionSlab.none {
            unsafe sessions[Int(previous)].timerNext = next
        } else {
            unsafe heads[slot] = next
            if next == SessionSlab.none { occupied[slot >> 6] &= ~(1 << UInt64(slot & 63)) }
        }
    }

    /// Goes on to `target` and takes out the next session that is due by then; `nil` when none is
    /// left. Call until it returns `nil`.
    package mutating func nextDue(until target: UInt32) -> UInt32? {
        while true {
            let slot = Int(tick & 63)
            if unsafe heads[slot] != SessionSlab.none {
                let index = unsafe heads[slot]
                cancel(index)
                return index
            }
            guard let next = nextTick(), Int32(bitPattern: target &- next) >= 0 else {
                // No slot in use is passed over, so none has to be sorted in again.
                if Int32(bitPattern: target &- tick) > 0 { tick = target }
                return nil
            }
            tick = next
            isNextKnown = false
            if tick & 63 == 0 { cascade() }
        }
    }

    /// Sorts the sessions of the higher levels whose time has come near into the lower ones.
    private mutating func cascade() {
        for level in 1..<Self.levels {
            let position = Int(tick >> UInt32(level * 6)) & 63
            let slot = level * 64 + position
            while unsafe heads[slot] != SessionSlab.none {
                let index = unsafe heads[slot]
                cancel(index)
                // Due in this very tick: slot `tick & 63` of level 0 is worked off next.
                unsafe insert(index, distance: sessions[Int(index)].timerTick &- tick)
            }
            if position != 0 { break }
        }
    }

    private mutating func insert(_ index: UInt32, distance: UInt32) {
        var level = 0
        while level < Self.levels - 1, distance >= 1 << UInt32(6 * (level + 1)) { level += 1 }
        let session = unsafe sessions + Int(index)
        let position = unsafe Int(session.pointee.timerTick >> UInt32(level * 6)) & 63
        let slot = level * 64 + position
        let head = unsafe heads[slot]
        unsafe session.pointee.timerNext = head
        unsafe session.pointee.timerPrevious = SessionSlab.none
        unsafe session.pointee.timerSlot = UInt8(slot)
        unsafe session.pointee.flags.insert(.timed)
        if head != SessionSlab.none { unsafe sessions[Int(head)].timerPrevious = index }
        unsafe heads[slot] = index
        occupied[level] |= 1 << UInt64(position)
        let shift = UInt32(level * 6)
        let due = unsafe (session.pointee.timerTick >> shift) << shift
        if isNextKnown, Int32(bitPattern: due &- next) < 0 { next = due }
    }

    private static func rotateRight(_ word: UInt64, by count: UInt32) -> UInt64 {
        let count = UInt64(count & 63)
        return count == 0 ? word : word >> count | word << (64 - count)
    }
}
