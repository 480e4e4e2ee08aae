/// A server as the workers know it: the slots of its backend and of itself.
struct ServerPlace: Hashable {
    var backend: Int
    var server: Int
}
