import CQREncode

/// A text as a QR code (ISO/IEC 18004), in modules: without the quiet zone, which every picture of it needs.
public struct QRCode: Sendable, Equatable {
    /// Which part of it may be unreadable: some 7, 15, 25 or 30 %.
    public enum CorrectionLevel: String, Sendable, CaseIterable {
        case l = "L"
        case m = "M"
        case q = "Q"
        case h = "H"

        fileprivate var code: QRecLevel {
            switch self {
            case .l: QR_ECLEVEL_L
            case .m: QR_ECLEVEL_M
            case .q: QR_ECLEVEL_Q
            case .h: QR_ECLEVEL_H
            }
        }
    }

    /// Modules of one side, 21–177.
    public let width: Int
    /// Row by row from the top left, `width` times `width`.
    public let isDark: [Bool]

    /// The smallest code that holds `text`. `nil` if it is empty, too long for any code of this level, or there is no memory.
    public init?(_ text: String, level: CorrectionLevel = .m) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= Self.largest else { return nil }
        guard let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, level.code) else { return nil }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        guard width > 0, let modules = code.pointee.data else { return nil }
        self.width = width
        // The lowest bit is the colour; the others say what the module is for.
        isDark = (0..<(width * width)).map { modules[$0] & 1 == 1 }
    }

    /// Bytes that version 40 holds at level L.
    private static let largest = 2_953
}
