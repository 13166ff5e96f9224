import LibPNG
import QREncode

/// How a QR code is drawn.
package struct QRPicture: Sendable, Equatable {
    /// Pixels of one side that can be asked for.
    package static let sizes = 64...2_048
    package static let standardSize = 512
    /// Modules of white around the code that can be asked for. Below 4, which ISO/IEC 18004 wants, something else must give the quiet zone.
    package static let margins = 0...16
    package static let standardMargin = 4

    /// Modules of the whole side, the quiet zone included.
    package let modules: Int
    private let code: QRCode
    private let margin: Int
    private let size: Int

    package init(_ code: QRCode, size: Int = standardSize, margin: Int = standardMargin) {
        self.code = code
        self.size = size
        self.margin = margin
        modules = code.width + 2 * margin
    }

    /// One path of dark runs on white; the unit is a module.
    package var svg: String {
        var path = ""
        for row in 0..<code.width {
            for run in darkRuns(inRow: row) { path += "M\(margin + run.lowerBound) \(margin + row)h\(run.count)v1h-\(run.count)z" }
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" width="\(size)" height="\(size)" viewBox="0 0 \(modules) \(modules)" shape-rendering="crispEdges">\
            <rect width="\(modules)" height="\(modules)" fill="#fff"/><path d="\(path)" fill="#000"/></svg>

            """
    }

    /// Whole pixels to a module; what is left over is more white around it. `nil` if not even one pixel is there for each.
    package var png: [UInt8]? {
        let scale = size / modules
        guard scale > 0 else { return nil }
        let offset = (size - scale * modules) / 2 + margin * scale
        var pixels = [UInt8](repeating: 255, count: size * size)
        for row in 0..<code.width {
            for run in darkRuns(inRow: row) {
                for line in 0..<scale {
                    let start = (offset + row * scale + line) * size + offset
                    for pixel in (start + run.lowerBound * scale)..<(start + run.upperBound * scale) { pixels[pixel] = 0 }
                }
            }
        }
        return GreyPNG.encode(pixels, width: size, height: size)
    }

    private func darkRuns(inRow row: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var column = 0
        while column < code.width {
            guard code.isDark[row * code.width + column] else {
                column += 1
                continue
            }
            let start = column
            while column < code.width, code.isDark[row * code.width + column] { column += 1 }
            runs.append(start..<column)
        }
        return runs
    }
}
