internal import CLinux
internal import Synchronization

extension RelayEngine {
    /// By worker. Does not wait for them; the numbers of one are those of the end of a turn.
    package func activity() -> [WorkerActivity] {
        running.withLock { running in running.workers.map { WorkerActivity(of: $0) } }
    }
}

extension WorkerActivity {
    fileprivate init(of worker: Worker) {
        let own = unsafe worker.state.pointee.counters
        unsafe turns = hb_counter_read(&own.pointee.turns)
        unsafe eventTurns = hb_counter_read(&own.pointee.eventTurns)
        unsafe mails = hb_counter_read(&own.pointee.mails)
        unsafe accepted = hb_counter_read(&own.pointee.accepted)
        unsafe limitPauses = hb_counter_read(&own.pointee.limitPauses)
        unsafe exhaustions = hb_counter_read(&own.pointee.exhaustions)
        unsafe recordsDropped = hb_counter_read(&own.pointee.recordsDropped)
        unsafe streamStarts = hb_counter_read(&own.pointee.streamStarts)
        unsafe sessions.allocated = Int(hb_counter_read(&own.pointee.slots))
        unsafe sessions.used = Int(hb_counter_read(&own.pointee.usedSlots))
        unsafe buffers.allocated = Int(hb_counter_read(&own.pointee.buffers))
        unsafe buffers.used = Int(hb_counter_read(&own.pointee.usedBuffers))
        unsafe pipes.allocated = Int(hb_counter_read(&own.pointee.pipes))
        unsafe pipes.used = Int(hb_counter_read(&own.pointee.usedPipes))
    }
}
