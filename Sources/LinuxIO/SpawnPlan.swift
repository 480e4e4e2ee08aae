internal import CLinux
internal import Glibc

/// The attributes and file actions of one `posix_spawn`, freed with the value.
@safe struct SpawnPlan: ~Copyable {
    private var attributes = posix_spawnattr_t()
    private var actions = unsafe posix_spawn_file_actions_t()
    /// Copies of the given descriptors, above every number used in the child: installing one can
    /// then never overwrite another that is still needed.
    private var parked: [Int32] = []

    init(
        descriptors: [Int32: Int32],
        newProcessGroup: Bool,
        newSession: Bool
    ) throws(SystemError) {
        unsafe posix_spawnattr_init(&attributes)
        unsafe posix_spawn_file_actions_init(&actions)
        try resetSignals(newProcessGroup: newProcessGroup, newSession: newSession)
        try install(descriptors)
    }

    deinit {
        var (attributes, actions) = unsafe (self.attributes, self.actions)
        unsafe posix_spawnattr_destroy(&attributes)
        unsafe posix_spawn_file_actions_destroy(&actions)
        for descriptor in parked { _ = close(descriptor) }
    }

    private mutating func resetSignals(
        newProcessGroup: Bool,
        newSession: Bool
    ) throws(SystemError) {
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        if newProcessGroup { flags |= POSIX_SPAWN_SETPGROUP }
        if newSession { flags |= HB_SPAWN_SETSID }
        try Self.check(unsafe posix_spawnattr_setsigmask(&attributes, &none))
        try Self.check(unsafe posix_spawnattr_setsigdefault(&attributes, &all))
        try Self.check(unsafe posix_spawnattr_setpgroup(&attributes, 0))
        try Self.check(unsafe posix_spawnattr_setflags(&attributes, Int16(flags)))
    }

    private mutating func install(_ descriptors: [Int32: Int32]) throws(SystemError) {
        let highest = max(2, descriptors.keys.max() ?? 2)
        for (child, parent) in descriptors {
            precondition(child >= 0, "a descriptor of the child is below zero")
            let copy = hb_duplicate_above(parent, highest)
            guard copy >= 0 else { throw .last("fcntl", "descriptor \(parent) for a child") }
            parked.append(copy)
            try Self.check(unsafe posix_spawn_file_actions_adddup2(&actions, copy, child))
        }
        for unused in 0...highest where unused > 2 && descriptors[unused] == nil {
            try Self.check(unsafe posix_spawn_file_actions_addclose(&actions, unused))
        }
        try Self.check(unsafe hb_spawn_close_from(&actions, highest + 1))
    }

    func start(
        _ program: String,
        _ arguments: [String],
        environment: [String: String]
    ) throws(SystemError) -> Int32 {
        // The C functions take these by const pointer; the copies share what they point to.
        var (attributes, actions) = unsafe (self.attributes, self.actions)
        var pid: Int32 = 0
        let result = unsafe Self.withCStrings([program] + arguments) { argv in
            unsafe Self.withCStrings(Self.merged(environment)) { envp in
                unsafe posix_spawnp(&pid, program, &actions, &attributes, argv, envp)
            }
        }
        guard result == 0 else { throw SystemError("posix_spawn", program, errno: result) }
        return pid
    }

    /// The functions return the error number instead of setting `errno`.
    private static func check(_ result: Int32) throws(SystemError) {
        guard result == 0 else { throw SystemError("posix_spawn", "attributes", errno: result) }
    }

    /// This process's environment with some variables replaced, as `NAME=value`.
    static func merged(_ replacements: [String: String]) -> [String] {
        var result = replacements.map { "\($0.key)=\($0.value)" }
        guard var entry = unsafe hb_environment() else { return result }
        while let text = unsafe entry.pointee {
            let variable = unsafe String(cString: text)
            let name = variable.prefix { $0 != "=" }
            if replacements[String(name)] == nil { result.append(variable) }
            unsafe entry += 1
        }
        return result
    }

    typealias CStrings = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    /// A null-terminated vector of C strings that lives during the call.
    static func withCStrings<Result>(
        _ strings: [String],
        _ body: (CStrings) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else {
                preconditionFailure("a vector with its terminator is never empty")
            }
            return unsafe body(base)
        }
    }
}
