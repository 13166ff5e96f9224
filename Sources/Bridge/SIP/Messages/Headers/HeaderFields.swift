/// One header line: its name and its value, unfolded, without white space at the ends.
public struct HeaderField: Equatable, Sendable {
    public var name: HeaderName
    public var value: String

    public init(_ name: HeaderName, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// Header lines in their order.
public struct HeaderFields: Equatable, Sendable {
    public private(set) var all: [HeaderField]

    public init(_ all: [HeaderField] = []) {
        self.all = all
    }

    public mutating func append(_ name: HeaderName, _ value: String) {
        all.append(HeaderField(name, value))
    }

    public mutating func remove(_ name: HeaderName) {
        all.removeAll { $0.name == name }
    }

    public func contains(_ name: HeaderName) -> Bool { all.contains { $0.name == name } }

    /// The value of the first line of that name. Setting replaces all lines of that name by one; `nil` removes them.
    public subscript(name: HeaderName) -> String? {
        get { all.first { $0.name == name }?.value }
        set {
            let place = all.firstIndex { $0.name == name } ?? all.endIndex
            remove(name)
            if let newValue { all.insert(HeaderField(name, newValue), at: min(place, all.endIndex)) }
        }
    }

    /// The values of all lines of that name, each as it is: also for headers whose commas are not those of a list.
    public func lines(_ name: HeaderName) -> [String] { all.filter { $0.name == name }.map(\.value) }

    /// The tokens of a comma-separated header, over all its lines: option tags, methods. What is no token is passed over.
    public func tokens(_ name: HeaderName) -> [String] {
        var tokens: [String] = []
        for line in lines(name) {
            for element in Array(line.utf8).split(separator: UInt8(ascii: ",")) where tokens.count < MessageLimits.listValues {
                let token = element.trimmingSpace()
                if !token.isEmpty, token.allSatisfy({ $0.isToken }) { tokens.append(String(decoding: token, as: UTF8.self)) }
            }
        }
        return tokens
    }

    /// A header that is one number, with parameters behind it perhaps: Expires, Min-Expires, Retry-After.
    public func number(_ name: HeaderName) -> UInt32? {
        guard let value = self[name] else { return nil }
        var scanner = TextScanner(value)
        scanner.skipSpace()
        let digits = scanner.take { $0.isDigit }
        scanner.skipSpace()
        guard scanner.isAtEnd || scanner.next == UInt8(ascii: ";") || scanner.next == UInt8(ascii: "(") else { return nil }
        return decimal(digits)
    }
}
