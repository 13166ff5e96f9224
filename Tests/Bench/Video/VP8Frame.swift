/// Packets that look like VP8 (RFC 7741): descriptor and frame header are right, the picture is filler.
///
/// A server that forwards reads no more of it than that.
package struct VP8Frame: Sendable, Equatable {
    /// Bytes of payload in every packet: descriptor, frame header and filler.
    package static let payloadLength = 1_100
    /// Packets of a picture that needs no other one.
    package static let keyPackets = 10
    /// Packets of one that only says what has changed.
    package static let deltaPackets = 2

    package let isKey: Bool
    /// Counts pictures, 15 bits.
    package let pictureID: UInt16

    package init(isKey: Bool, pictureID: UInt16) {
        self.isKey = isKey
        self.pictureID = pictureID & 0x7FFF
    }

    package var packetCount: Int { isKey ? Self.keyPackets : Self.deltaPackets }

    /// Appends the payload of the packet at `index`: of the first one the frame header too.
    package func appendPayload(_ index: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        // X; S where the frame begins; I with 15 bits of picture id, as Chromium writes it.
        bytes.append(0x80 | (index == 0 ? 0x10 : 0))
        bytes.append(0x80)
        bytes.append(0x80 | UInt8(pictureID >> 8))
        bytes.append(UInt8(truncatingIfNeeded: pictureID))
        if index == 0 { appendFrameHeader(to: &bytes) }
        bytes.append(contentsOf: repeatElement(UInt8(truncatingIfNeeded: index), count: Self.payloadLength - (bytes.count - start)))
    }

    /// RFC 6386 section 9.1; bit 0 of the first byte says that it is no key frame.
    private func appendFrameHeader(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: [isKey ? 0x10 : 0x11, 0, 0])
        guard isKey else { return }
        // Start code, 640 by 360.
        bytes.append(contentsOf: [0x9D, 0x01, 0x2A, 0x80, 0x02, 0x68, 0x01])
    }

    /// Whether a payload begins a frame, and whether that is a key frame; `nil` if it begins none.
    package static func beginsKey(_ payload: ArraySlice<UInt8>) -> Bool? {
        guard let first = payload.first, first & 0x10 != 0, first & 0x07 == 0 else { return nil }
        var index = payload.startIndex + 1
        if first & 0x80 != 0 {
            guard index < payload.endIndex else { return nil }
            let extensions = payload[index]
            index += 1
            if extensions & 0x80 != 0 {
                guard index < payload.endIndex else { return nil }
                index += payload[index] & 0x80 != 0 ? 2 : 1
            }
            if extensions & 0x40 != 0 { index += 1 }
            if extensions & 0x30 != 0 { index += 1 }
        }
        guard index < payload.endIndex else { return nil }
        return payload[index] & 0x01 == 0
    }
}
