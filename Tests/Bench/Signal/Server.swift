/// Where the installation is reached.
struct Server: Sendable {
    let host: String
    let port: Int
    let origin: String

    init(origin: String) throws {
        let parts = origin.dropFirst("http://".count).split(separator: ":")
        guard origin.hasPrefix("http://"), parts.count == 2, let port = Int(parts[1]) else {
            throw BenchError("\(origin) is not of the form http://address:port.")
        }
        self.origin = origin
        host = String(parts[0])
        self.port = port
    }
}
