import COpenSSL

/// SHA-256 of the DER form of a certificate (RFC 8122 section 5), 32 bytes.
func sha256Fingerprint(of certificate: OpaquePointer) -> [UInt8]? {
    var digest = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    guard X509_digest(certificate, EVP_sha256(), &digest, &length) == 1, length == 32 else { return nil }
    return digest
}
