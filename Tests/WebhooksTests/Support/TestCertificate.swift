import Foundation
import NIOSSL

/// A certificate for 127.0.0.1 that is its own authority, and its key, which guards nothing but these tests.
enum TestCertificate {
    static func server() throws -> TLSConfiguration {
        let certificate = try NIOSSLCertificate(bytes: Array(certificate.utf8), format: .pem)
        return .makeServerConfiguration(
            certificateChain: [.certificate(certificate)], privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
    }

    /// Runs `body` with the path of a file that holds the certificate.
    static func withFile<T>(_ body: (String) async throws -> T) async throws -> T {
        let file = FileManager.default.temporaryDirectory.appending(path: "ringlink-test-\(UInt64.random(in: 0 ... .max)).pem")
        try Data(certificate.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await body(file.path)
    }

    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBmzCCAUCgAwIBAgIUdWvZoWPFuJP5e6Uf556oPqPUD4UwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOUmluZ2xpbmsgdGVzdHMwIBcNMjYxMTIzMDQ1MjI2WhgPMjEy
        NjEwMzAwNDUyMjZaMBkxFzAVBgNVBAMMDlJpbmdsaW5rIHRlc3RzMFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAEPisTPilohVfQ99JVLkqAGueZLf3lgIXZbeNS4Jrx
        Ex0bYNZuUDE2biVGmGRtQ3CbBKvG2Nk5A8QGDrRLwVNbIqNkMGIwHQYDVR0OBBYE
        FH+s1Tz5H0extRkzbv1AOvpBg3kAMB8GA1UdIwQYMBaAFH+s1Tz5H0extRkzbv1A
        OvpBg3kAMA8GA1UdEwEB/wQFMAMBAf8wDwYDVR0RBAgwBocEfwAAATAKBggqhkjO
        PQQDAgNJADBGAiEAlF5YsytQkcwRJXGIkbHpSmi+ArVkKk9JT6nz2y69L4ACIQCi
        EzCJUexYcSxLlRz2TsLTB1n0QRAMLP294KG+zmeq0Q==
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqtsi7JSpy5E7+Qy/
        Bfi9gPLxd3gGkSOVhiwF9wbyBe2hRANCAAQ+KxM+KWiFV9D30lUuSoAa55kt/eWA
        hdlt41LgmvETHRtg1m5QMTZuJUaYZG1DcJsEq8bY2TkDxAYOtEvBU1si
        -----END PRIVATE KEY-----
        """
}
