/// A value of From, To, Contact, Route or Record-Route (RFC 3261 section 20.10).
public struct NameAddress: Equatable, Sendable {
    /// Without quotes and their escapes; `nil` where there is none.
    public var displayName: String?
    public var uri: AddressURI
    /// Those of the header; those of the URI are in the URI.
    public var parameters: Parameters

    public init(displayName: String? = nil, uri: AddressURI, parameters: Parameters = Parameters()) {
        self.displayName = displayName
        self.uri = uri
        self.parameters = parameters
    }

    public init(displayName: String? = nil, _ uri: SIPURI, tag: String? = nil) {
        self.init(displayName: displayName, uri: .sip(uri))
        self.tag = tag
    }

    /// Who of both ends of a dialog it is; compared with its case. `nil` outside a dialog.
    public var tag: String? {
        get { parameters["tag"] }
        set { parameters["tag"] = newValue }
    }

    /// Reads one value, in brackets or without: then semicolons belong to the header (section 20).
    public init?(_ text: String) {
        self.init(Array(text.utf8)[...])
    }

    init?(_ bytes: ArraySlice<UInt8>) {
        var scanner = TextScanner(bytes)
        scanner.skipSpace()
        if scanner.next == UInt8(ascii: "\"") {
            guard let name = scanner.quotedString() else { return nil }
            displayName = name
            scanner.skipSpace()
            guard scanner.next == UInt8(ascii: "<") else { return nil }
        } else if scanner.rest.contains(UInt8(ascii: "<")), let name = Self.tokens(&scanner) {
            displayName = name.isEmpty ? nil : name
        }
        let uri: ArraySlice<UInt8>
        if scanner.take("<") {
            uri = scanner.take { $0 != UInt8(ascii: ">") }
            guard scanner.take(">") else { return nil }
        } else {
            uri = scanner.take { $0 != UInt8(ascii: ";") && !$0.isSpace }
            // These would be part of the URI or separate lists; the reader cannot know (section 20).
            guard !uri.contains(UInt8(ascii: "?")), !uri.contains(UInt8(ascii: ",")) else { return nil }
        }
        guard let uri = AddressURI(uri), let parameters = scanner.headerParameters() else { return nil }
        self.uri = uri
        self.parameters = parameters
    }

    /// A display name without quotes, up to the bracket. Bytes beyond ASCII are not in the grammar, but in use.
    private static func tokens(_ scanner: inout TextScanner) -> String? {
        var ahead = scanner
        let name = ahead.take { $0.isToken || $0.isSpace || $0 >= 0x80 }
        guard ahead.next == UInt8(ascii: "<") else { return nil }
        scanner = ahead
        return String(decoding: name.trimmingSpace(), as: UTF8.self)
    }

    /// The values of a comma-separated list; `nil` if one of them cannot be read.
    static func list(_ text: String, limit: Int) -> [NameAddress]? {
        guard let elements = Array(text.utf8)[...].listElements(limit: limit) else { return nil }
        var values: [NameAddress] = []
        for element in elements {
            guard let value = NameAddress(element) else { return nil }
            values.append(value)
        }
        return values
    }

    /// Always with brackets, so that no parameter can change sides.
    public var text: String {
        var writer = ValueWriter()
        if let displayName { writer.quoted(displayName) }
        writer.plain(displayName == nil ? "<" : " <")
        writer.plain(uri.text)
        writer.plain(">")
        writer.parameters(parameters)
        return writer.text
    }
}
