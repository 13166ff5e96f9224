/// One name or value of a query, `application/x-www-form-urlencoded`.
///
/// Reading follows the WHATWG URL standard (section 5.1) but takes nothing for granted: where a browser would let a broken
/// escape stand as it is, this refuses it. Writing follows RFC 3986, which every reader of forms understands.
public enum FormURLEncoding {
    public enum Fault: Error, Sendable {
        /// A `%` without two hexadecimal digits.
        case invalidEscape
        /// The bytes are not UTF-8.
        case invalidUTF8
    }

    /// `+` is a space, `%XX` a byte, and the bytes together are UTF-8.
    public static func decode(_ encoded: some Sequence<UInt8>) throws(Fault) -> String {
        var bytes = [UInt8]()
        var input = encoded.makeIterator()
        while let byte = input.next() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = input.next()?.hexDigitValue, let low = input.next()?.hexDigitValue else {
                    throw .invalidEscape
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8 }
        return text
    }

    /// RFC 3986 section 2: the unreserved characters stay, every other byte of the UTF-8 becomes `%XX` (a space `%20`, a plus `%2B`).
    public static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes = [UInt8]()
        for byte in text.utf8 {
            if byte.isUnreserved {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    /// The value of an ASCII hexadecimal digit of either case.
    fileprivate var hexDigitValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - 55
        default: nil
        }
    }
}
