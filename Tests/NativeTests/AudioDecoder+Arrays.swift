import Media

/// Payloads as arrays: a span cannot be an argument within `#expect`.
extension AudioDecoder {
    func decode(_ payload: [UInt8], into samples: inout [Int16]) -> Int { decode(payload.span, into: &samples) }

    func recover(count: Int, from next: [UInt8], into samples: inout [Int16]) -> Bool {
        recover(count: count, from: next.span, into: &samples)
    }

    func duration(of payload: [UInt8]) -> Int? { duration(of: payload.span) }
}
