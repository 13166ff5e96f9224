import Crypto
import Domain
import Testing

@Suite("The signature of a request between the wings")
struct ControlSignatureTests {
    static let request = ControlRequest(
        audience: "br_000000000001", epoch: .max, method: "POST", target: "/control/events?wait=1", body: Array(#"{"acknowledged":7}"#.utf8))
    // Computed by Python's hmac module over the canonical text below, with the keys 00 01 … 1f and 20 21 … 3f.
    static let firstCode = "5f95c68eb1f6cdbc48c05c9fa08ad5246dd973f9262c07675ac084b030c7df5f"
    static let secondCode = "4e200e3078251d99ac86f7653394b994920e7d73b02cb10f36ed98eb46ef97ca"
    static let answerCode = "8ca73132b3028c23c5e74e9256d347f494148688c573858eaba5ba1216fca7ab"
    static let header = "t=1767225600,n=00112233445566778899aabbccddeeff,v1=" + firstCode

    @Test("The canonical text is eight lines, each ended by a line feed")
    func canonical() {
        #expect(
            Self.request.canonical(time: Sample.now, nonce: Sample.nonce) == """
                rl-control-v1
                br_000000000001
                18446744073709551615
                1767225600
                00112233445566778899aabbccddeeff
                POST
                /control/events?wait=1
                1f7ea6154ab08e84eb23fb67ab4da76f4a571ce372dfd81a07d29cdc4c08a005

                """)
    }

    @Test("The header is what another implementation computed")
    func vectors() {
        let one = ControlSignature(of: Self.request, time: Sample.now, nonce: Sample.nonce, keys: ControlKeys(Sample.firstKey))
        #expect(one.header == Self.header)
        let both = ControlSignature(
            of: Self.request, time: Sample.now, nonce: Sample.nonce, keys: ControlKeys(Sample.secondKey, previous: Sample.firstKey))
        #expect(both.header == "t=1767225600,n=\(Sample.nonce),v1=\(Self.secondCode),v1=\(Self.firstCode)")
        #expect(ControlSignature(header: one.header) == one)
        #expect(ControlSignature(header: both.header) == both)
    }

    @Test("The answer's signature is what another implementation computed")
    func answerVector() {
        let body = Array(#"{"events":[]}"#.utf8)
        let header = ControlAnswerSignature.header(nonce: Sample.nonce, status: 200, body: body, keys: ControlKeys(Sample.firstKey))
        #expect(header == "v1=" + Self.answerCode)
    }

    @Test(
        "A header of any other form is none",
        arguments: [
            "", ",", ",,,", "t=1", "v1=" + firstCode, header + ",", "," + header, header + ",v1=", header + ",v1=\(firstCode),v1=\(firstCode)",
            header + ",v2=" + firstCode, " " + header, header + " ", header.uppercased(), "n=00,t=1,v1=" + firstCode,
            "t=-1,n=\(Sample.nonce),v1=" + firstCode, "t=+1,n=\(Sample.nonce),v1=" + firstCode, "t=01,n=\(Sample.nonce),v1=" + firstCode,
            "t=,n=\(Sample.nonce),v1=" + firstCode, "t=9999999999999,n=\(Sample.nonce),v1=" + firstCode,
            "t=1,n=0011,v1=" + firstCode, "t=1,n=\(Sample.nonce),v1=" + String(firstCode.dropLast(2)), "t\u{301}=1,n=\(Sample.nonce),v1=" + firstCode,
            "t=\u{301}1,n=\(Sample.nonce),v1=" + firstCode, String(repeating: ",", count: 10_000),
        ])
    func malformed(header: String) {
        #expect(ControlSignature(header: header) == nil)
    }

    @Test("The keys of an installation differ by label and are what another implementation derived")
    func installationKeys() throws {
        let keys = try #require(InstallationKeys(secret: Array(0..<32)))
        func hex(_ key: SymmetricKey) -> String { key.withUnsafeBytes { HexDigits.encode($0) } }
        #expect(hex(keys.controlToBridge) == "f319907bc4464eb64e5db62429c8a12d1fa725a84d13a2b34e171459fad11597")
        #expect(hex(keys.controlToAPI) == "04c1bffca6815351946c989c4ed4a65f414188d9c7001b78b3e67d8a3725d322")
        #expect(hex(keys.resume) == "19e298c0f1b4c520c927f7871f407e70ad413f9cc2899a749335648b438854e2")
        #expect(hex(keys.atRest) == "90e1a824a056a335f3de309486245020ba083523de08bb90cedd921c6bacc195")
        #expect(InstallationKeys(secret: Array(0..<31)) == nil)
    }
}
