import CLibSRTP
import RTP

/// SRTP and SRTCP of one association over libsrtp.
///
/// One packet is protected once: libsrtp refuses a sequence number that was already sent on its SSRC. A repetition must
/// be a packet of a retransmission stream (RFC 4588), or the protected bytes themselves. Protecting other bytes under
/// the same number, a changed header extension is enough, would give the GCM key away (RFC 7714 section 8.1).
public final class LibSRTPTransform: SRTPTransform {
    private let outbound: srtp_t
    private let inbound: srtp_t
    /// Only streams whose packets proved genuine are kept by libsrtp; this bounds how many a genuine peer may begin.
    private var knownSources: [UInt32] = []

    /// Distinct SSRCs that a peer may send with in one association.
    public static let maximumSources = 256
    /// Packets that may overtake a packet before it counts as a replay (RFC 3711 section 3.3.2); bursts of video reorder.
    private static let replayWindow: UInt = 1024
    private static let maximumTrailer = Int(SRTP_MAX_TRAILER_LEN) + 4

    /// Keys both directions.
    public init(_ keys: SRTPKeyingMaterial) throws(SRTPSetupError) {
        try Self.library.get()
        outbound = try Self.session(keys.profile, keys.local, ssrc_any_outbound)
        do throws(SRTPSetupError) {
            inbound = try Self.session(keys.profile, keys.remote, ssrc_any_inbound)
        } catch {
            srtp_dealloc(outbound)
            throw error
        }
    }

    deinit {
        srtp_dealloc(outbound)
        srtp_dealloc(inbound)
    }

    public func protectRTP(_ bytes: inout [UInt8], from start: Int) -> Bool {
        protect(&bytes, from: start, minimum: 12) { srtp_protect(outbound, $0, &$1) }
    }

    public func protectRTCP(_ bytes: inout [UInt8], from start: Int) -> Bool {
        protect(&bytes, from: start, minimum: 8) { srtp_protect_rtcp(outbound, $0, &$1) }
    }

    public func unprotectRTP(_ bytes: inout [UInt8]) -> SRTPVerdict {
        // The fixed header and the shortest tag.
        unprotect(&bytes, minimum: 12 + 10, sourceAt: 8) { srtp_unprotect(inbound, $0, &$1) }
    }

    public func unprotectRTCP(_ bytes: inout [UInt8]) -> SRTPVerdict {
        // One header, the shortest tag, the index.
        unprotect(&bytes, minimum: 8 + 10 + 4, sourceAt: 4) { srtp_unprotect_rtcp(inbound, $0, &$1) }
    }

    // MARK: Both kinds of packet

    private typealias Operation = (_ packet: UnsafeMutableRawPointer, _ length: inout Int32) -> srtp_err_status_t

    private func protect(_ bytes: inout [UInt8], from start: Int, minimum: Int, _ operation: Operation) -> Bool {
        guard start >= 0, start <= bytes.count else { return false }
        let plain = bytes.count - start
        guard plain >= minimum, plain <= Self.longestPacket else {
            bytes.removeLast(plain)
            return false
        }
        bytes.append(contentsOf: repeatElement(0, count: Self.maximumTrailer))
        var length = Int32(plain)
        let status = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { operation($0 + start, &length) } ?? srtp_err_status_fail
        }
        let kept = status == srtp_err_status_ok ? Int(length) : 0
        bytes.removeLast(plain + Self.maximumTrailer - kept)
        return kept > 0
    }

    private func unprotect(_ bytes: inout [UInt8], minimum: Int, sourceAt: Int, _ operation: Operation) -> SRTPVerdict {
        guard bytes.count >= minimum, bytes.count <= Self.longestPacket else { return .malformed }
        let source = bytes[sourceAt..<sourceAt + 4].reduce(0) { $0 << 8 | UInt32($1) }
        let isKnown = knownSources.contains(source)
        guard isKnown || knownSources.count < Self.maximumSources else { return .malformed }

        var length = Int32(bytes.count)
        let status = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map { operation($0, &length) } ?? srtp_err_status_fail
        }
        switch status {
        case srtp_err_status_ok:
            guard length >= 0, length <= bytes.count else { return .malformed }
            bytes.removeLast(bytes.count - Int(length))
            if !isKnown { knownSources.append(source) }
            return .accepted
        case srtp_err_status_replay_fail, srtp_err_status_replay_old:
            return .replayed
        case srtp_err_status_auth_fail:
            return .forged
        default:
            return .malformed
        }
    }

    /// Bytes; far above what a path carries.
    private static let longestPacket = 16_384

    // MARK: Set-up

    /// libsrtp's global tables, made once.
    private static let library: Result<Void, SRTPSetupError> = {
        let status = srtp_init()
        return status == srtp_err_status_ok ? .success(()) : .failure(SRTPSetupError(operation: "start libsrtp", status: status.rawValue))
    }()

    private static func session(_ profile: SRTPProfile, _ key: [UInt8], _ direction: srtp_ssrc_type_t) throws(SRTPSetupError) -> srtp_t {
        // libsrtp reads as many bytes as the profile says, whatever it is given.
        guard key.count == profile.keyLength + profile.saltLength else {
            throw SRTPSetupError(operation: "take the keys", status: srtp_err_status_bad_param.rawValue)
        }
        var policy = srtp_policy_t()
        let identifier = srtp_profile_t(UInt32(profile.rawValue))
        guard srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, identifier) == srtp_err_status_ok,
            srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, identifier) == srtp_err_status_ok
        else { throw SRTPSetupError(operation: "choose the profile", status: srtp_err_status_bad_param.rawValue) }
        policy.ssrc.type = direction
        policy.window_size = replayWindow
        policy.allow_repeat_tx = 0

        var key = key
        var session: srtp_t?
        let status = key.withUnsafeMutableBufferPointer { bytes in
            policy.key = bytes.baseAddress
            return srtp_create(&session, &policy)
        }
        guard status == srtp_err_status_ok, let session else {
            throw SRTPSetupError(operation: "make a session", status: status.rawValue)
        }
        return session
    }
}
