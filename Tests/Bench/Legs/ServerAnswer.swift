import ICE
import Linux
import SDP

/// What a leg needs of the server's answer.
struct ServerAnswer: Sendable {
    let remote: ICECredentials
    let fingerprint: [UInt8]
    /// The first candidate that is reached over IPv4 loopback, else the first one.
    let address: SocketAddress

    init(_ sdp: String) throws {
        let description = try SessionDescription(parsing: sdp)
        guard let section = description.media.first(where: { !$0.isRejected && !$0.attributes.candidates.isEmpty }) ?? description.media.first else {
            throw BenchError("the answer has no section")
        }
        let lists = [section.attributes, description.attributes]
        guard let ufrag = lists.lazy.compactMap(\.iceUfrag).first, let password = lists.lazy.compactMap(\.icePwd).first,
            let remote = ICECredentials(ufrag: ufrag, password: password)
        else { throw BenchError("the answer has no ICE credentials") }
        guard let fingerprint = lists.lazy.compactMap(\.fingerprints.first).first?.bytes else { throw BenchError("the answer has no fingerprint") }
        let candidates = section.attributes.candidates + description.attributes.candidates
        guard let candidate = candidates.first(where: { $0.address == "127.0.0.1" }) ?? candidates.first,
            let address = SocketAddress(candidate.address, port: candidate.port)
        else { throw BenchError("the answer has no candidate") }
        self.remote = remote
        self.fingerprint = fingerprint
        self.address = address
    }
}
