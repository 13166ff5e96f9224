extension SessionDescription {
    /// Reads a description; lines may end in CRLF or LF.
    /// - Throws: `SessionDescriptionError`, with the line. An attribute that cannot be understood is no error:
    ///   the typed accessors pass over it (RFC 8866 section 5.13).
    public init(parsing text: String) throws(SessionDescriptionError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Reads a description from a message body. Bytes that are not UTF-8 become U+FFFD.
    public init(parsing bytes: [UInt8]) throws(SessionDescriptionError) {
        guard bytes.count <= Self.maximumLength else { throw .tooLong(bytes: bytes.count) }
        var lines = LineReader(bytes)

        guard let version = try lines.next() else { throw .incomplete(line: lines.number) }
        guard version.type == UInt8(ascii: "v") else { throw version.misplaced }
        guard version.value == "0" else { throw .unsupportedVersion(line: version.number) }
        guard let origin = try lines.next() else { throw .incomplete(line: lines.number) }
        guard origin.type == UInt8(ascii: "o") else { throw origin.misplaced }
        guard let parsed = Origin(origin.value) else { throw origin.malformed }
        self.init(origin: parsed)

        while let line = try lines.next() {
            try read(line)
        }
    }

    private mutating func read(_ line: Line) throws(SessionDescriptionError) {
        switch line.type {
        case UInt8(ascii: "m"):
            guard media.count < Self.maximumSections else { throw .tooManySections(line: line.number) }
            guard let section = MediaDescription(line.value) else { throw line.malformed }
            media.append(section)
        case UInt8(ascii: "a"):
            guard let attribute = Attribute(line.value) else { throw line.malformed }
            if media.isEmpty {
                attributes.append(attribute)
            } else {
                media[media.count - 1].attributes.append(attribute)
            }
        case UInt8(ascii: "c"):
            guard let address = ConnectionAddress(line.value) else { throw line.malformed }
            if media.isEmpty {
                connection = address
            } else {
                media[media.count - 1].connection = address
            }
        case UInt8(ascii: "s"):
            guard media.isEmpty else { throw line.misplaced }
            name = line.value
        case UInt8(ascii: "t"):
            guard media.isEmpty else { throw line.misplaced }
            guard let timing = Timing(line.value) else { throw line.malformed }
            self.timing = timing
        case UInt8(ascii: "i"), UInt8(ascii: "b"), UInt8(ascii: "k"):
            break
        case UInt8(ascii: "u"), UInt8(ascii: "e"), UInt8(ascii: "p"), UInt8(ascii: "r"), UInt8(ascii: "z"):
            guard media.isEmpty else { throw line.misplaced }
        default:
            // RFC 8866 section 5: a description with a type letter that is not known is not to be used at all.
            throw line.misplaced
        }
    }
}

extension Origin {
    /// Counted from the right: some phones have a space in the user name.
    fileprivate init?(_ text: String) {
        let fields = text.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
        guard fields.count >= 6 else { return nil }
        let place = fields.count - 5
        guard let address = ConnectionAddress(fields[(place + 2)...].joined(separator: " ")) else { return nil }
        self.init(
            username: fields[..<place].joined(separator: " "),
            sessionID: fields[place], version: fields[place + 1], address: address)
    }
}

extension Timing {
    fileprivate init?(_ text: String) {
        var fields = FieldReader(text)
        guard let start: UInt64 = fields.number(), let stop: UInt64 = fields.number() else { return nil }
        self.init(start: start, stop: stop)
    }
}

extension ConnectionAddress {
    fileprivate init?(_ text: String) {
        var fields = FieldReader(text)
        guard fields.field() == "IN", let family = fields.field().flatMap(Family.init), let address = fields.field() else { return nil }
        var parts = FieldReader(address)
        let host = parts.upTo(UInt8(ascii: "/"))
        guard !host.isEmpty else { return nil }
        self.init(family, host)
    }
}

extension MediaDescription {
    fileprivate init?(_ text: String) {
        var fields = FieldReader(text)
        guard let kind = fields.field(), let ports = fields.field(), let transport = fields.field() else { return nil }
        // `port/count` asks for several ports (RFC 8866 section 5.14), which nobody here uses: the first counts.
        var portFields = FieldReader(ports)
        guard let port: UInt16 = decimal(portFields.upTo(UInt8(ascii: "/")).utf8) else { return nil }
        var formats: [String] = []
        while let format = fields.field() {
            guard formats.count < SessionDescription.maximumFormats else { return nil }
            formats.append(format)
        }
        // A rejected section needs a format by the grammar; several phones leave it out.
        guard !formats.isEmpty || port == 0 else { return nil }
        self.init(kind: MediaKind(kind), port: port, transport: transport, formats: formats)
    }
}
