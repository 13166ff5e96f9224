import API
import QREncode
import Testing

@Suite("Pictures of QR codes")
struct QRPictureTests {
    private let url = "https://phone.example.com/l/0123456789abcdef0123456789abcdef"

    @Test("A code has three finder patterns, and the smallest version that holds its text at its level", arguments: QRCode.CorrectionLevel.allCases)
    func code(level: QRCode.CorrectionLevel) throws {
        let code = try #require(QRCode(url, level: level))
        #expect((code.width - 17).isMultiple(of: 4) && code.isDark.count == code.width * code.width)
        // ISO/IEC 18004 section 6.3.3: 7 × 7, dark, light, dark.
        let finder = [
            0b1111111, 0b1000001, 0b1011101, 0b1011101, 0b1011101, 0b1000001, 0b1111111,
        ]
        for (x, y) in [(0, 0), (code.width - 7, 0), (0, code.width - 7)] {
            for (row, bits) in finder.enumerated() {
                let found = (0..<7).reduce(0) { $0 << 1 | (code.isDark[(y + row) * code.width + x + $1] ? 1 : 0) }
                #expect(found == bits)
            }
        }
        let expected: [QRCode.CorrectionLevel: Int] = [.l: 33, .m: 33, .q: 37, .h: 45]
        #expect(code.width == expected[level])
    }

    @Test("What no code holds gives none")
    func limits() throws {
        #expect(QRCode("") == nil)
        #expect(try #require(QRCode(String(repeating: "a", count: 2_953), level: .l)).width == 177)
        #expect(QRCode(String(repeating: "a", count: 2_954), level: .l) == nil)
        #expect(QRCode(String(repeating: "a", count: 1_274), level: .h) == nil)
    }

    @Test("A picture too small for one pixel to a module is none; the smallest one is")
    func sizes() throws {
        let code = try #require(QRCode(url, level: .h))
        let modules = code.width + 8
        #expect(QRPicture(code, size: modules - 1).png == nil)
        let png = try #require(QRPicture(code, size: modules).png)
        #expect(Array(png.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        #expect(Array(png[16..<24]) == [0, 0, 0, UInt8(modules), 0, 0, 0, UInt8(modules)])
    }

    @Test("The SVG's runs are the code's dark modules, each once")
    func svg() throws {
        let code = try #require(QRCode(url))
        let picture = QRPicture(code, size: 300, margin: 5)
        #expect(picture.modules == code.width + 10)
        let runs = picture.svg.matches(of: #/h(\d+)v1/#).compactMap { Int($0.output.1) }
        #expect(runs.reduce(0, +) == code.isDark.count { $0 })
        #expect(picture.svg.contains(#"width="300" height="300" viewBox="0 0 \#(code.width + 10) \#(code.width + 10)""#))
    }
}
