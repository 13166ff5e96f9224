import Crypto

/// What a browser shows after its socket was lost, to take its place in the room back from any web process.
///
/// Its text is base64url over five lines (version, peer, room, load, expiry) and their HMAC-SHA256. It can be read by
/// whoever holds it, but only made by the installation.
public struct ResumeToken: Sendable, Equatable {
    public var peer: PeerID
    public var room: RoomSlug
    public var load: LoadID
    /// Milliseconds since 1970 UTC; the token is good until then.
    public var expiresAtMilliseconds: Int64

    public init(peer: PeerID, room: RoomSlug, load: LoadID, expiresAtMilliseconds: Int64) {
        self.peer = peer
        self.room = room
        self.load = load
        self.expiresAtMilliseconds = expiresAtMilliseconds
    }

    /// Why a text is no token, or none any more. A new place is made then.
    public enum Refusal: Error, Sendable, Equatable {
        case malformed
        case wrongSignature
        case expired
    }

    /// As it is handed to the browser.
    public func sealed(with key: SymmetricKey) -> String {
        let claims = Array(claims.utf8)
        return Base64URL.encode(claims + HMAC<SHA256>.authenticationCode(for: claims, using: key))
    }

    /// Opens what a browser brought; `now` is in milliseconds since 1970 UTC.
    public init(opening text: String, with key: SymmetricKey, now: Int64) throws(Refusal) {
        guard text.utf8.count <= 512, let bytes = Base64URL.decode(text), bytes.count > SHA256.byteCount else { throw .malformed }
        let claims = Array(bytes.dropLast(SHA256.byteCount))
        // Nothing in it is looked at before it is known to be ours.
        guard HMAC<SHA256>.isValidAuthenticationCode(bytes.suffix(SHA256.byteCount), authenticating: claims, using: key) else {
            throw .wrongSignature
        }
        guard let token = Self(claims: String(decoding: claims, as: UTF8.self)) else { throw .malformed }
        guard now <= token.expiresAtMilliseconds else { throw .expired }
        self = token
    }

    private static let version = "rl-resume-v1"

    private var claims: String {
        [Self.version, peer.text, room.text, load.text, String(expiresAtMilliseconds)].joined(separator: "\n")
    }

    private init?(claims: String) {
        let lines = claims.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 5, lines[0] == Self.version,
            let peer = PeerID(lines[1]), let room = RoomSlug(lines[2]), let load = LoadID(lines[3]), let expiry = Int64(lines[4])
        else { return nil }
        self.init(peer: peer, room: room, load: load, expiresAtMilliseconds: expiry)
    }
}
