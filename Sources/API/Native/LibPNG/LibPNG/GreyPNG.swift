import CLibPNG

/// A picture in 8-bit grey as a PNG file (ISO/IEC 15948).
public enum GreyPNG {
    /// Pixels that one side may have.
    public static let sides = 1...4_096

    /// - Parameter pixels: row by row from the top left, 0 black to 255 white.
    /// - Returns: `nil` if the sides are out of range, `pixels` are not `width` times `height`, or there is no memory.
    public static func encode(_ pixels: [UInt8], width: Int, height: Int) -> [UInt8]? {
        guard sides.contains(width), sides.contains(height), pixels.count == width * height else { return nil }
        let size = clibpng_write_grey(pixels, UInt32(width), UInt32(height), nil, 0)
        guard size > 0 else { return nil }
        let file = [UInt8](unsafeUninitializedCapacity: size) { memory, count in
            count = min(size, clibpng_write_grey(pixels, UInt32(width), UInt32(height), memory.baseAddress, size))
        }
        return file.isEmpty ? nil : file
    }
}
