/// A WebSocket client as small as it can be: it masks with a fixed key and reads whole frames.
struct WebSocketProbe {
    enum Frame: Equatable {
        case text(String)
        case pong([UInt8])
        case close(UInt16?, String)
        case other(UInt8)
    }

    static let origin = "http://" + RunningServer.host
    static let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    /// The request that opens a signal socket.
    static func upgrade(
        path: String = "/signal", host: String = RunningServer.host, origin: String? = Self.origin, upgrade: String = "websocket",
        key: String? = "dGhlIHNhbXBsZSBub25jZQ==", version: String = "13", extra: [String] = []
    ) -> String {
        var lines = ["GET \(path) HTTP/1.1", "Host: \(host)", "Connection: Upgrade", "Upgrade: \(upgrade)", "Sec-WebSocket-Version: \(version)"]
        if let origin { lines.append("Origin: \(origin)") }
        if let key { lines.append("Sec-WebSocket-Key: \(key)") }
        return (lines + extra).joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// One masked frame.
    static func frame(opcode: UInt8 = 1, final: Bool = true, _ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [(final ? 0x80 : 0) | opcode]
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ..<65_536: bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [0x80 | 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> (8 * $0)) }
        }
        bytes += mask
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index % 4]) }
        return bytes
    }

    static func text(_ text: String) -> [UInt8] { frame(Array(text.utf8)) }
}

extension LoopbackConnection {
    /// Upgrades; `false` if the server refused.
    mutating func upgrade() async throws -> Bool {
        try await send(WebSocketProbe.upgrade())
        return await readHead().hasPrefix("HTTP/1.1 101 ")
    }

    mutating func readFrame() async -> WebSocketProbe.Frame? {
        guard let head = await read(2) else { return nil }
        var length = Int(head[1] & 0x7F)
        if length == 126 {
            guard let more = await read(2) else { return nil }
            length = Int(more[0]) << 8 | Int(more[1])
        } else if length == 127 {
            guard let more = await read(8) else { return nil }
            length = more.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let payload = await read(length) else { return nil }
        switch head[0] & 0x0F {
        case 1: return .text(String(decoding: payload, as: UTF8.self))
        case 8:
            let code = payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
            return .close(code, String(decoding: payload.dropFirst(2), as: UTF8.self))
        case 10: return .pong(payload)
        case let opcode: return .other(opcode)
        }
    }

    /// Reads until the server closes; the close it gave.
    mutating func readClose() async -> WebSocketProbe.Frame? {
        while let frame = await readFrame() {
            if case .close = frame { return frame }
        }
        return nil
    }
}
