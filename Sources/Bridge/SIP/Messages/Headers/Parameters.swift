/// One `name` or `name=value` after a semicolon.
public struct Parameter: Hashable, Sendable {
    public var name: String
    /// Without quotes and their escapes in a header; with its %-escapes in a URI. `nil` for a flag.
    public var value: String?
    /// Whether the value stood in quotes.
    public var isQuoted: Bool

    public init(_ name: String, _ value: String? = nil, isQuoted: Bool = false) {
        self.name = name
        self.value = value
        self.isQuoted = isQuoted
    }
}

/// The parameters of a URI or of a header value: in their order, by names without case.
public struct Parameters: Hashable, Sendable {
    public private(set) var all: [Parameter]

    public init(_ all: [Parameter] = []) {
        self.all = all
    }

    public var isEmpty: Bool { all.isEmpty }

    /// Whether the parameter is there, with a value or without.
    public func contains(_ name: String) -> Bool { all.contains { equalIgnoringCase($0.name, name) } }

    /// The value of a parameter; `nil` if it is not there or a flag. Setting `nil` removes it.
    public subscript(name: String) -> String? {
        get { all.first { equalIgnoringCase($0.name, name) }?.value }
        set {
            if let newValue { set(Parameter(name, newValue)) } else { all.removeAll { equalIgnoringCase($0.name, name) } }
        }
    }

    /// Adds a parameter, or puts it in the place of the one of that name.
    public mutating func set(_ parameter: Parameter) {
        if let index = all.firstIndex(where: { equalIgnoringCase($0.name, parameter.name) }) {
            all[index] = parameter
        } else {
            all.append(parameter)
        }
    }
}

extension TextScanner {
    /// The parameters of a header value, up to its end.
    /// - Returns: `nil` if there is anything else, a name comes twice, or there are too many.
    mutating func headerParameters() -> Parameters? {
        var all: [Parameter] = []
        while true {
            guard takeSeparator(";") else { break }
            guard let name = token(), all.count < MessageLimits.parameters else { return nil }
            var parameter = Parameter(name)
            if takeSeparator("=") {
                if next == UInt8(ascii: "\"") {
                    guard let value = quotedString() else { return nil }
                    parameter.value = value
                    parameter.isQuoted = true
                } else {
                    let value = take { $0.isParameterValue }
                    guard !value.isEmpty else { return nil }
                    parameter.value = String(decoding: value, as: UTF8.self)
                }
            }
            guard !all.contains(where: { equalIgnoringCase($0.name, name) }) else { return nil }
            all.append(parameter)
        }
        skipSpace()
        return isAtEnd ? Parameters(all) : nil
    }

    /// `;name=value` of a URI, as far as they go, escapes kept.
    mutating func uriParameters() -> Parameters? {
        var all: [Parameter] = []
        while take(";") {
            guard all.count < MessageLimits.parameters, let name = escapedText({ $0.isURIParameter }), !name.isEmpty else { return nil }
            var parameter = Parameter(name)
            if take("=") {
                guard let value = escapedText({ $0.isURIParameter }), !value.isEmpty else { return nil }
                parameter.value = value
            }
            guard !all.contains(where: { equalIgnoringCase($0.name, name) }) else { return nil }
            all.append(parameter)
        }
        return Parameters(all)
    }

    /// Such characters and %-escapes, as they are; `nil` if an escape is broken.
    mutating func escapedText(_ belongs: (UInt8) -> Bool) -> String? {
        let text = take { belongs($0) || $0 == UInt8(ascii: "%") }
        return Escapes.areWhole(text) ? String(decoding: text, as: UTF8.self) : nil
    }
}
