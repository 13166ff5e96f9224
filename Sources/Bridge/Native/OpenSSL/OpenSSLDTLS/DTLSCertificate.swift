import COpenSSL

/// The certificate that this process shows to every peer, and the OpenSSL context that all associations share.
///
/// It is self-signed and made at start: what a peer trusts is its fingerprint in the SDP (RFC 8122), nothing else.
/// `@unchecked Sendable`: the context is complete before it is shared, and OpenSSL counts references to it atomically.
public final class DTLSCertificate: @unchecked Sendable {
    /// SHA-256 of the DER form, 32 bytes, for `a=fingerprint`.
    public let fingerprint: [UInt8]

    let context: OpaquePointer

    /// Makes an ECDSA P-256 key and a certificate for it.
    public init() throws(OpenSSLError) {
        guard let key = CertificateMaking.key() else { throw OpenSSLError.latest("make a key") }
        defer { EVP_PKEY_free(key) }
        guard let certificate = CertificateMaking.selfSigned(by: key) else { throw OpenSSLError.latest("make a certificate") }
        defer { X509_free(certificate) }
        guard let fingerprint = sha256Fingerprint(of: certificate) else { throw OpenSSLError.latest("hash the certificate") }
        guard let context = SSL_CTX_new(DTLS_method()) else { throw OpenSSLError.latest("make a context") }

        guard copenssl_only_dtls12(context) == 1,
            SSL_CTX_use_certificate(context, certificate) == 1,
            SSL_CTX_use_PrivateKey(context, key) == 1,
            SSL_CTX_set_cipher_list(context, Self.ciphers) == 1,
            copenssl_set_groups(context, "X25519:P-256:P-384") == 1
        else {
            SSL_CTX_free(context)
            throw OpenSSLError.latest("set the context up")
        }
        copenssl_set_options(context)
        copenssl_set_max_certificates(context, Self.maximumChain)
        // A certificate is required of the peer, but no authority judges it: the caller compares its fingerprint.
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        SSL_CTX_set_cert_verify_callback(context, { _, _ in 1 }, nil)
        self.fingerprint = fingerprint
        self.context = context
    }

    deinit { SSL_CTX_free(context) }

    /// What RFC 8827 section 6.5 demands, and its two siblings.
    private static let ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305"

    /// Bytes of certificates that a peer may send; OpenSSL bounds every handshake message by this or by one record.
    private static let maximumChain = 16_384
}

/// The two steps of making a certificate.
private enum CertificateMaking {
    static func key() -> OpaquePointer? {
        guard let making = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(making) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(making) == 1,
            EVP_PKEY_CTX_set_ec_paramgen_curve_nid(making, NID_X9_62_prime256v1) == 1,
            EVP_PKEY_keygen(making, &key) == 1
        else { return nil }
        return key
    }

    static func selfSigned(by key: OpaquePointer) -> OpaquePointer? {
        guard let certificate = X509_new() else { return nil }
        guard fill(certificate, key), X509_sign(certificate, key, EVP_sha256()) > 0 else {
            X509_free(certificate)
            return nil
        }
        return certificate
    }

    private static func fill(_ certificate: OpaquePointer, _ key: OpaquePointer) -> Bool {
        // Peers compare the fingerprint and not the dates; these only must not stand in the way of a long life
        // or of a peer whose clock is behind.
        let day = 86_400
        guard let name = X509_get_subject_name(certificate),
            X509_set_version(certificate, 2) == 1,
            setRandomSerial(of: certificate),
            X509_gmtime_adj(X509_getm_notBefore(certificate), -day) != nil,
            X509_gmtime_adj(X509_getm_notAfter(certificate), 3_650 * day) != nil,
            X509_set_pubkey(certificate, key) == 1,
            X509_NAME_add_entry_by_txt(name, "CN", utf8Text, "ringlink", -1, -1, 0) == 1
        else { return false }
        return X509_set_issuer_name(certificate, name) == 1
    }

    /// The macro `MBSTRING_UTF8`, which is a sum that Swift does not import.
    private static let utf8Text: Int32 = 0x1000

    private static func setRandomSerial(of certificate: OpaquePointer) -> Bool {
        guard let number = BN_new() else { return false }
        defer { BN_free(number) }
        return BN_rand(number, 63, 0, 0) == 1 && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil
    }
}
