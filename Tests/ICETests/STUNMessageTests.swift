import ICE
import Testing

@Suite("STUN messages")
struct STUNMessageTests {
    private let key = STUNIntegrityKey(password: TestVectors.password)

    private func authentic(_ bytes: [UInt8], _ key: STUNIntegrityKey) throws -> Bool {
        try STUNMessage(bytes.span).isAuthentic(in: bytes.span, key: key)
    }

    @Test("The sample request of RFC 5769 section 2.1 is read and is authentic")
    func sampleRequest() throws {
        let bytes = TestVectors.request
        let message = try STUNMessage(bytes.span)
        #expect(message.kind == .request)
        #expect(message.method == STUNMessage.bindingMethod)
        #expect(message.transactionID == TestVectors.transaction)
        #expect(message.username.map { String(decoding: TestVectors.request[$0], as: UTF8.self) } == "evtj:h6vY")
        #expect(message.priority == 0x6e00_01ff)
        #expect(message.controlled == 0x932f_f9b1_5126_3b36)
        #expect(message.controlling == nil)
        #expect(!message.isNominating)
        #expect(message.unknownRequired.isEmpty)
        #expect(message.hasFingerprint)
        #expect(try authentic(TestVectors.request, key))
        #expect(try !authentic(TestVectors.request, STUNIntegrityKey(password: TestVectors.password + "x")))
        #expect(STUNMessage.localUfrag(in: TestVectors.request.span) == "evtj")
    }

    @Test(
        "The sample responses of RFC 5769 sections 2.2 and 2.3 tell the mapped address",
        arguments: [
            (TestVectors.ipv4Response, "192.0.2.1:32853"),
            (TestVectors.ipv6Response, "[2001:db8:1234:5678:11:2233:4455:6677]:32853"),
        ])
    func sampleResponse(bytes: [UInt8], address: String) throws {
        let message = try STUNMessage(bytes.span)
        #expect(message.kind == .success)
        #expect(message.mappedAddress == TransportAddress(address))
        #expect(message.hasFingerprint)
        #expect(try authentic(bytes, key))
    }

    @Test("The long-term request of RFC 5769 section 2.4 is authentic and has no fingerprint")
    func longTerm() throws {
        let bytes = TestVectors.longTermRequest
        let message = try STUNMessage(bytes.span)
        #expect(!message.hasFingerprint)
        #expect(try authentic(TestVectors.longTermRequest, STUNIntegrityKey(bytes: TestVectors.longTermKey)))
        #expect(STUNMessage.localUfrag(in: TestVectors.longTermRequest.span) == nil)
    }

    @Test("A request is read as it was built, also after other bytes in the same array", arguments: [true, false])
    func request(isNominating: Bool) throws {
        var bytes: [UInt8] = [1, 2, 3]
        STUNBindingRequest(
            transactionID: TestVectors.transaction, username: "local:remote", priority: 7,
            role: .controlling(tieBreaker: .max - 1), isNominating: isNominating
        ).append(key: key, to: &bytes)
        let message = try STUNMessage(bytes.span.extracting(3...))
        #expect(message.kind == .request)
        #expect(message.priority == 7)
        #expect(message.controlling == UInt64.max - 1)
        #expect(message.isNominating == isNominating)
        #expect(message.hasFingerprint)
        #expect(try authentic(Array(bytes[3...]), key))
    }

    @Test("A success response carries any address", arguments: ["0.0.0.0:0", "255.255.255.255:65535", "[::1]:1", "[fe80::1:2]:5004"])
    func success(text: String) throws {
        let address = try #require(TransportAddress(text))
        var bytes: [UInt8] = []
        STUNMessage.appendBindingSuccess(TestVectors.transaction, mappedAddress: address, key: key, to: &bytes)
        let message = try STUNMessage(bytes.span)
        #expect(message.kind == .success)
        #expect(message.transactionID == TestVectors.transaction)
        #expect(message.mappedAddress == address)
        #expect(try authentic(bytes, key))
    }

    @Test("Each error response carries its code, with a key or without", arguments: STUNErrorCode.allCases)
    func error(code: STUNErrorCode) throws {
        for key in [key, nil] {
            var bytes: [UInt8] = []
            STUNMessage.appendBindingError(
                code, TestVectors.transaction, unknown: code == .unknownAttribute ? [0x7001, 0x7002, 0x7003] : [],
                key: key, to: &bytes)
            let message = try STUNMessage(bytes.span)
            #expect(message.kind == .error)
            #expect(message.errorCode == code.rawValue)
            #expect((message.integrity != nil) == (key != nil))
            #expect(message.hasFingerprint)
        }
    }

    @Test("An answer 420 names the unknown types")
    func unknownTypes() {
        var bytes: [UInt8] = []
        STUNMessage.appendBindingError(
            .unknownAttribute, TestVectors.transaction, unknown: [0x7001, 0x7002, 0x7003], key: nil, to: &bytes)
        let named: [UInt8] = [0x00, 0x0A, 0x00, 0x06, 0x70, 0x01, 0x70, 0x02, 0x70, 0x03, 0x00, 0x00]
        #expect(bytes.indices.contains { bytes[$0...].starts(with: named) })
    }

    @Test("Unknown attributes are listed if they must be known, and passed over if not")
    func unknownAttributes() throws {
        let bytes = plain(attributes: [0x7F, 0x01, 0, 0, 0x80, 0x01, 0, 0, 0x00, 0x1D, 0, 1, 9, 0, 0, 0])
        #expect(try STUNMessage(bytes.span).unknownRequired == [0x7F01, 0x001D])
    }

    @Test("What stands behind the integrity is not believed")
    func behindIntegrity() throws {
        let integrity: [UInt8] = [0x00, 0x08, 0x00, 0x14] + [UInt8](repeating: 0, count: 20)
        let useCandidate: [UInt8] = [0x00, 0x25, 0x00, 0x00]
        #expect(try STUNMessage(plain(attributes: useCandidate + integrity).span).isNominating)
        #expect(try !STUNMessage(plain(attributes: integrity + useCandidate).span).isNominating)
    }

    @Test("Of two equal attributes the first counts")
    func firstCounts() throws {
        let bytes = plain(attributes: [0x00, 0x24, 0, 4, 0, 0, 0, 1, 0x00, 0x24, 0, 4, 0, 0, 0, 2])
        #expect(try STUNMessage(bytes.span).priority == 1)
    }

    @Test("More attributes than the limit, or more bytes, are refused")
    func limits() throws {
        let most = [UInt8](repeatElement([0x80, 0x01, 0, 0] as [UInt8], count: STUNMessage.mostAttributes).joined())
        #expect(throws: Never.self) { try STUNMessage(plain(attributes: most).span) }
        #expect(throws: STUNParseError.tooLarge) { try STUNMessage(plain(attributes: most + [0x80, 0x01, 0, 0]).span) }
        let long: [UInt8] = [0x80, 0x01, 0x05, 0xC8] + [UInt8](repeating: 0, count: 1480)
        #expect(throws: STUNParseError.tooLarge) { try STUNMessage(plain(attributes: long).span) }
    }

    @Test(
        "An attribute with a length that its type cannot have is an error",
        arguments: [
            [0x00, 0x24, 0, 3, 0, 0, 0, 0], [0x00, 0x25, 0, 1, 0, 0, 0, 0], [0x00, 0x06, 0, 0], [0x80, 0x29, 0, 4, 0, 0, 0, 0],
            [0x00, 0x08, 0, 0], [0x00, 0x20, 0, 8, 0, 2, 0, 0, 0, 0, 0, 0], [0x00, 0x09, 0, 4, 0, 0, 7, 0],
            [0x80, 0x28, 0, 0], [0x80, 0x01, 0xFF, 0xFF],
        ] as [[UInt8]])
    func wrongLength(attribute: [UInt8]) throws {
        let type = UInt16(attribute[0]) << 8 | UInt16(attribute[1])
        #expect(throws: STUNParseError.malformedAttribute(type: type)) { try STUNMessage(plain(attributes: attribute).span) }
    }

    /// A request without protection.
    private func plain(attributes: [UInt8]) -> [UInt8] {
        [0x00, 0x01, UInt8(attributes.count >> 8), UInt8(attributes.count & 255), 0x21, 0x12, 0xa4, 0x42]
            + [UInt8](repeating: 7, count: 12) + attributes
    }
}
