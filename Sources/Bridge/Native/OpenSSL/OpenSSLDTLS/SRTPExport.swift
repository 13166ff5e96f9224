import COpenSSL
import RTP

extension SRTPProfile {
    /// OpenSSL's name of the profile.
    var openSSLName: String {
        switch self {
        case .aeadAES128GCM: "SRTP_AEAD_AES_128_GCM"
        case .aes128CMHMACSHA1_80: "SRTP_AES128_CM_SHA1_80"
        }
    }
}

extension SRTPKeyingMaterial {
    /// Exports the keys of a completed handshake; `nil` if the peer did not negotiate use_srtp.
    ///
    /// RFC 5764 section 4.2: the exporter gives client key, server key, client salt, server salt, in this order.
    init?(exportedFrom ssl: OpaquePointer, isServer: Bool) {
        guard let selected = SSL_get_selected_srtp_profile(ssl),
            let identifier = UInt16(exactly: selected.pointee.id),
            let profile = SRTPProfile(rawValue: identifier)
        else { return nil }
        var exported = [UInt8](repeating: 0, count: profile.exportLength)
        let label = "EXTRACTOR-dtls_srtp"
        guard SSL_export_keying_material(ssl, &exported, exported.count, label, label.utf8.count, nil, 0, 0) == 1 else { return nil }
        let salts = 2 * profile.keyLength
        let client = exported[0..<profile.keyLength] + exported[salts..<salts + profile.saltLength]
        let server = exported[profile.keyLength..<salts] + exported[(salts + profile.saltLength)...]
        self.init(profile: profile, local: Array(isServer ? server : client), remote: Array(isServer ? client : server))
    }
}
