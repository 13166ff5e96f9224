/// The protection of one DTLS-SRTP association, both directions (RFC 3711, RFC 7714).
///
/// A packet is an array that is changed in place; callers reserve capacity once, so no packet allocates.
/// Used from one thread at a time.
public protocol SRTPTransform: AnyObject {
    /// Encrypts the RTP packet that fills `bytes[start...]`; the array grows by the authentication tag.
    /// - Returns: `false` if it could not be protected; the array is then cut back to `start`.
    func protectRTP(_ bytes: inout [UInt8], from start: Int) -> Bool
    /// The same for a compound RTCP packet; the array grows by the tag and the SRTCP index.
    func protectRTCP(_ bytes: inout [UInt8], from start: Int) -> Bool
    /// Decrypts the SRTP packet that is the whole array; the array shrinks by the tag.
    func unprotectRTP(_ bytes: inout [UInt8]) -> SRTPVerdict
    func unprotectRTCP(_ bytes: inout [UInt8]) -> SRTPVerdict
}

/// What became of a protected packet from the network. Anything but `accepted` is dropped in silence and counted.
public enum SRTPVerdict: Equatable, Sendable {
    case accepted
    /// Seen before, or older than the replay window.
    case replayed
    /// The tag does not fit.
    case forged
    /// Too short, or not the form of a packet.
    case malformed
}

/// The protection profiles that we negotiate, best first (RFC 5764 section 4.1.2, RFC 7714 section 14.2).
public enum SRTPProfile: UInt16, Sendable, CaseIterable {
    case aeadAES128GCM = 0x0007
    case aes128CMHMACSHA1_80 = 0x0001

    /// Bytes of one master key.
    public var keyLength: Int { 16 }
    /// Bytes of one master salt.
    public var saltLength: Int { self == .aeadAES128GCM ? 12 : 14 }
    /// Bytes to export from the DTLS session: both keys, both salts (RFC 5764 section 4.2).
    public var exportLength: Int { 2 * (keyLength + saltLength) }
}

/// What a DTLS handshake exports for SRTP: for each direction the master key followed by its salt.
public struct SRTPKeyingMaterial: Sendable, Equatable {
    public var profile: SRTPProfile
    /// Key and salt with which we protect what we send.
    public var local: [UInt8]
    /// Key and salt with which the peer protects what it sends.
    public var remote: [UInt8]

    public init(profile: SRTPProfile, local: [UInt8], remote: [UInt8]) {
        self.profile = profile
        self.local = local
        self.remote = remote
    }
}
