internal import Glibc
internal import LinuxIO

/// Who has the lock of a state directory.
enum InstanceHolder {
    /// The pid that its lock file names (`InstanceLock`), if such a process lives.
    static func pid(of stateDirectory: String) -> Int32? {
        guard let text = FileContent.text(stateDirectory + "/lock"), let pid = Int32(text.trimmed),
            kill(pid, 0) == 0
        else { return nil }
        return pid
    }
}
