import Crypto

/// One request to the control endpoint, as far as its signature covers it.
///
/// Who verifies fills in its own name and epoch, never the request's: a request meant for another bridge or for
/// the time before a restart then has a wrong signature.
public struct ControlRequest: Sendable, Equatable {
    /// The bridge's id, or `api`.
    public let audience: String
    /// The bridge's epoch; 0 for `hello`, which asks for it.
    public let epoch: UInt64
    /// In capitals.
    public let method: String
    /// Path and query, as on the request line.
    public let target: String
    private let bodyDigest: String

    public init(audience: String, epoch: UInt64, method: String, target: String, body: [UInt8]) {
        self.audience = audience
        self.epoch = epoch
        self.method = method
        self.target = target
        bodyDigest = HexDigits.encode(SHA256.hash(data: body))
    }

    /// What is signed: eight lines, each ended by a line feed.
    package func canonical(time: Int64, nonce: ControlNonce) -> String {
        """
        rl-control-v1
        \(audience)
        \(epoch)
        \(time)
        \(nonce)
        \(method)
        \(target)
        \(bodyDigest)

        """
    }

    /// A line feed inside a line would let one text be the canonical form of two requests.
    var isUnambiguous: Bool {
        [audience, method, target].allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F } }
    }
}
