/// Looks at the frame of a datagram before OpenSSL does: what no WebRTC peer sends is dropped in silence.
///
/// OpenSSL would reserve memory for a handshake message of the length that its first fragment claims; an attacker
/// with a valid path may not make it reserve more than a real peer needs.
enum RecordGate {
    /// Bytes; a certificate chain or a ClientHello with post-quantum keys fits several times.
    static let maximumMessage = 8_192
    /// Bytes; nothing that arrives in one piece over a path of 1,500 is longer.
    static let maximumDatagram = 2_048

    /// Records of a later epoch that one handshake may bring; OpenSSL keeps each that comes early, with 16 KiB around it.
    static let maximumEncryptedBeforehand = 24

    /// Looks whether `datagram` is one or more whole DTLS records with sane handshake fragments (RFC 6347 sections 4.1, 4.2.2).
    /// - Returns: how many of the records are encrypted; `nil` if the datagram is to be dropped.
    static func encryptedRecords(in datagram: Span<UInt8>) -> Int? {
        guard datagram.count <= maximumDatagram, datagram.count >= recordHeader else { return nil }
        var encrypted = 0
        var start = 0
        while start < datagram.count {
            guard datagram.count - start >= recordHeader else { return nil }
            let type = datagram[start]
            // change_cipher_spec, alert, handshake, application_data; DTLS versions are 0xFE something.
            guard (20...23).contains(type), datagram[start + 1] == 0xFE else { return nil }
            let epoch = integer(datagram, start + 3, 2)
            let length = integer(datagram, start + 11, 2)
            let body = start + recordHeader
            guard length > 0, length <= datagram.count - body else { return nil }
            if epoch > 0 {
                encrypted += 1
            } else if type == 22, !admitsFragments(datagram, body, length) {
                return nil
            }
            start = body + length
        }
        return encrypted
    }

    /// One record may hold several handshake messages, each with its own header.
    private static func admitsFragments(_ datagram: Span<UInt8>, _ start: Int, _ length: Int) -> Bool {
        var position = start
        let end = start + length
        while position < end {
            guard end - position >= handshakeHeader else { return false }
            let total = integer(datagram, position + 1, 3)
            let sequence = integer(datagram, position + 4, 2)
            let offset = integer(datagram, position + 6, 3)
            let count = integer(datagram, position + 9, 3)
            guard total <= maximumMessage, sequence <= maximumSequence, offset <= total, count <= total - offset,
                count <= end - position - handshakeHeader
            else { return false }
            // An empty piece of a message that is not empty brings nothing but work.
            guard count > 0 || total == 0 else { return false }
            position += handshakeHeader + count
        }
        return true
    }

    /// The caller has made sure that `count` bytes are there.
    private static func integer(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> Int {
        var value = 0
        for index in 0..<count { value = value << 8 | Int(bytes[start + index]) }
        return value
    }

    private static let recordHeader = 13
    private static let handshakeHeader = 12
    /// A handshake with client certificate has seven messages a side.
    private static let maximumSequence = 16
}
