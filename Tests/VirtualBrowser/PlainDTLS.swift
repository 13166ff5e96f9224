import Media
import RTP

/// A handshake of one datagram each way, for tests that are about what comes after it. It protects nothing.
public final class PlainDTLS: DTLSTransport {
    public enum Role: Sendable { case server, client }

    private enum Message: UInt8 { case clientHello = 1, serverHello, closeNotify }

    private let role: Role
    private let fingerprint: [UInt8]
    private var waiting: [[UInt8]] = []
    private var isEstablished = false
    private var isOver = false

    /// - Parameter fingerprint: of our certificate, 32 bytes.
    public init(_ role: Role, fingerprint: [UInt8]) {
        self.role = role
        self.fingerprint = fingerprint
    }

    public var deadline: Duration? { nil }

    public func receive(_ datagram: [UInt8], now: Duration) -> DTLSProgress {
        guard !isOver, datagram.count == 34, datagram[0] == 22 else { return .pending }
        switch (Message(rawValue: datagram[1]), role) {
        case (.closeNotify, _):
            isOver = true
            return .closed
        case (.clientHello, .server):
            say(.serverHello)
            return establish(with: Array(datagram.dropFirst(2)))
        case (.serverHello, .client): return establish(with: Array(datagram.dropFirst(2)))
        default: return .pending
        }
    }

    private func establish(with peer: [UInt8]) -> DTLSProgress {
        guard !isEstablished else { return .pending }
        isEstablished = true
        return .established(SRTPKeyingMaterial(profile: .aeadAES128GCM, local: [], remote: []), peerFingerprint: peer)
    }

    /// As a client: begins.
    public func handleDeadline(now: Duration) -> DTLSProgress {
        if role == .client, !isEstablished { say(.clientHello) }
        return .pending
    }

    public func takeDatagram(into bytes: inout [UInt8]) -> Bool {
        guard !waiting.isEmpty else { return false }
        bytes.append(contentsOf: waiting.removeFirst())
        return true
    }

    public func close() {
        guard !isOver else { return }
        isOver = true
        if isEstablished { say(.closeNotify) }
    }

    private func say(_ message: Message) { waiting.append([22, message.rawValue] + fingerprint) }
}

/// A protection that only marks what went through it, so that what did not is told apart.
public final class PlainSRTP: SRTPTransform {
    private static let trailer: [UInt8] = Array("SRTP".utf8)

    public init() {}

    public func protectRTP(_ bytes: inout [UInt8], from start: Int) -> Bool {
        bytes.append(contentsOf: Self.trailer)
        return true
    }

    public func protectRTCP(_ bytes: inout [UInt8], from start: Int) -> Bool { protectRTP(&bytes, from: start) }

    public func unprotectRTP(_ bytes: inout [UInt8]) -> SRTPVerdict {
        guard bytes.count >= 12 + 4 else { return .malformed }
        guard bytes.suffix(4).elementsEqual(Self.trailer) else { return .forged }
        bytes.removeLast(4)
        return .accepted
    }

    public func unprotectRTCP(_ bytes: inout [UInt8]) -> SRTPVerdict {
        guard bytes.count >= 8 + 4 else { return .malformed }
        guard bytes.suffix(4).elementsEqual(Self.trailer) else { return .forged }
        bytes.removeLast(4)
        return .accepted
    }
}
