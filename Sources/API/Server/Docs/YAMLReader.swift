/// Reads the part of YAML in which `openapi.yaml` is written: block and flow maps and lists, quoted and plain scalars, `|` and `>` blocks,
/// comments, anchors and aliases. Scalars stay texts. It reads our own document only, never anything from outside.
package struct YAMLReader {
    private var lines: [String]
    private var index = 0
    private var anchors: [String: YAMLNode] = [:]

    private init(_ text: String) { lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

    package static func document(_ text: String) throws(YAMLFault) -> YAMLNode {
        var reader = YAMLReader(text)
        let node = try reader.block(indent: 0)
        reader.skipBlank()
        guard reader.index == reader.lines.count else { throw reader.fault("this line belongs to nothing") }
        return node
    }

    private func fault(_ reason: String) -> YAMLFault { YAMLFault(line: index + 1, reason: reason) }

    // MARK: Lines

    private static func indent(of line: String) -> Int { line.utf8.prefix { $0 == 0x20 }.count }

    private mutating func skipBlank() {
        while index < lines.count {
            let line = lines[index].drop { $0 == " " }
            guard line.isEmpty || line.hasPrefix("#") else { return }
            index += 1
        }
    }

    /// The next line's indent and content; `nil` at the end.
    private mutating func look() -> (indent: Int, content: String)? {
        skipBlank()
        guard index < lines.count else { return nil }
        let indent = Self.indent(of: lines[index])
        return (indent, String(lines[index].dropFirst(indent)))
    }

    private static func isElement(_ content: String) -> Bool { content == "-" || content.hasPrefix("- ") }

    // MARK: Blocks

    /// The value that begins on the next line, if that is indented by `indent` at least.
    private mutating func block(indent: Int) throws(YAMLFault) -> YAMLNode {
        guard let (own, content) = look(), own >= indent else { return .scalar("") }
        if Self.isElement(content) { return try list(indent: own) }
        if Self.key(of: content) != nil { return try map(indent: own) }
        index += 1
        return try value(content, indent: own)
    }

    private mutating func list(indent: Int) throws(YAMLFault) -> YAMLNode {
        var elements: [YAMLNode] = []
        while let (own, content) = look(), own == indent, Self.isElement(content) {
            let rest = content.dropFirst(1).drop { $0 == " " }
            if rest.isEmpty {
                index += 1
                elements.append(try block(indent: indent + 1))
            } else if !rest.hasPrefix("{"), !rest.hasPrefix("["), Self.key(of: String(rest)) != nil {
                // A map whose first member stands behind the dash: as if the dash were a space.
                let width = content.count - rest.count
                lines[index] = String(repeating: " ", count: indent + width) + rest
                elements.append(try map(indent: indent + width))
            } else {
                index += 1
                elements.append(try value(String(rest), indent: indent))
            }
        }
        return .list(elements)
    }

    private mutating func map(indent: Int) throws(YAMLFault) -> YAMLNode {
        var members: [YAMLNode.Member] = []
        while let (own, content) = look(), own >= indent {
            guard own == indent, !Self.isElement(content), let (name, rest) = Self.key(of: content) else {
                throw fault("a member is expected here")
            }
            index += 1
            members.append(YAMLNode.Member(name: name, value: try value(rest, indent: indent)))
        }
        return .map(members)
    }

    /// What stands behind a colon or a dash, and on the deeper lines that belong to it.
    private mutating func value(_ given: String, indent: Int) throws(YAMLFault) -> YAMLNode {
        let text = Self.withoutComment(given)
        if text.hasPrefix("&") {
            let name = text.dropFirst().prefix { $0 != " " }
            let node = try value(String(text.dropFirst(name.count + 1).drop { $0 == " " }), indent: indent)
            anchors[String(name)] = node
            return node
        }
        if text.hasPrefix("*") {
            guard let node = anchors[String(text.dropFirst())] else { throw fault("an alias has no anchor") }
            return node
        }
        if text.isEmpty {
            // A list may stand as deep as its name.
            if let (own, content) = look(), own == indent, Self.isElement(content) { return try list(indent: indent) }
            return try block(indent: indent + 1)
        }
        if text.hasPrefix("|") || text.hasPrefix(">") { return .scalar(literal(indent: indent, isFolded: text.hasPrefix(">"))) }
        if text.hasPrefix("{") || text.hasPrefix("[") { return try flow(text, indent: indent) }
        return .scalar(try scalar(continued(text, indent: indent)))
    }

    /// The lines of a block scalar, without their indent.
    private mutating func literal(indent: Int, isFolded: Bool) -> String {
        var taken: [String] = []
        while index < lines.count, lines[index].allSatisfy({ $0 == " " }) || Self.indent(of: lines[index]) > indent {
            taken.append(lines[index])
            index += 1
        }
        let depth = taken.filter { !$0.allSatisfy { $0 == " " } }.map(Self.indent).min() ?? 0
        return taken.map { String($0.dropFirst(depth)) }.joined(separator: isFolded ? " " : "\n").trimmingEnd()
    }

    /// A scalar or a flow that goes on on deeper lines.
    private mutating func continued(_ text: String, indent: Int) -> String {
        var text = text
        while let (own, content) = look(), own > indent {
            text += " " + Self.withoutComment(content)
            index += 1
        }
        return text
    }

    // MARK: Within a line

    /// The name and the rest, if a member begins here.
    private static func key(of content: String) -> (name: String, rest: String)? {
        var quote: Character?
        var previous: Character = " "
        for position in content.indices {
            let character = content[position]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'", position == content.startIndex {
                quote = character
            } else if character == "#", previous == " " {
                return nil
            } else if character == ":" {
                let rest = content[content.index(after: position)...]
                if rest.isEmpty || rest.hasPrefix(" ") {
                    return (unquoted(String(content[..<position])), String(rest.drop { $0 == " " }))
                }
            }
            previous = character
        }
        return nil
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, let first = text.first, first == text.last, first == "\"" || first == "'" else { return text }
        let inner = text.dropFirst().dropLast()
        if first == "'" { return String(inner.replacing("''", with: "'")) }
        var result = ""
        var isEscaped = false
        for character in inner {
            if isEscaped {
                result.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }

    private static func withoutComment(_ text: String) -> String {
        var quote: Character?
        var previous: Character = " "
        for position in text.indices {
            let character = text[position]
            if let open = quote {
                if character == open, previous != "\\" { quote = nil }
            } else if character == "\"" || character == "'", previous == " " || previous == "[" || previous == "{" || previous == "," {
                quote = character
            } else if character == "#", previous == " " {
                return String(text[..<position]).trimmingEnd()
            }
            previous = character
        }
        return text.trimmingEnd()
    }

    private func scalar(_ text: String) throws(YAMLFault) -> String {
        if let first = text.first, first == "\"" || first == "'", text.count < 2 || text.last != first { throw fault("a quote is not closed") }
        return Self.unquoted(text)
    }

    private mutating func flow(_ text: String, indent: Int) throws(YAMLFault) -> YAMLNode {
        var flow = FlowReader(Array(continued(text, indent: indent)))
        guard let node = flow.node(), flow.isAtEnd else { throw fault("a flow of braces or brackets is not closed") }
        return node
    }

    /// `{ a: b, c: [d, e] }`
    private struct FlowReader {
        private let characters: [Character]
        private var index = 0

        init(_ characters: [Character]) { self.characters = characters }

        var isAtEnd: Bool { index == characters.count }

        private mutating func skipSpace() { while index < characters.count, characters[index] == " " { index += 1 } }

        private mutating func take(_ character: Character) -> Bool {
            skipSpace()
            guard index < characters.count, characters[index] == character else { return false }
            index += 1
            return true
        }

        mutating func node() -> YAMLNode? {
            if take("{") {
                var members: [YAMLNode.Member] = []
                while !take("}") {
                    guard let name = scalar(isName: true), take(":"), let value = node() else { return nil }
                    members.append(YAMLNode.Member(name: name, value: value))
                    if !take(","), !(index < characters.count && characters[index] == "}") { return nil }
                }
                return .map(members)
            }
            if take("[") {
                var elements: [YAMLNode] = []
                while !take("]") {
                    guard let element = node() else { return nil }
                    elements.append(element)
                    if !take(","), !(index < characters.count && characters[index] == "]") { return nil }
                }
                return .list(elements)
            }
            return scalar(isName: false).map { .scalar($0) }
        }

        private mutating func scalar(isName: Bool) -> String? {
            skipSpace()
            guard index < characters.count else { return nil }
            let start = index
            if characters[index] == "\"" || characters[index] == "'" {
                let quote = characters[index]
                index += 1
                while index < characters.count {
                    if characters[index] == quote {
                        // Within single quotes one is written as two.
                        guard quote == "'", index + 1 < characters.count, characters[index + 1] == quote else { break }
                        index += 1
                    } else if characters[index] == "\\", quote == "\"" {
                        index += 1
                    }
                    index += 1
                }
                guard index < characters.count else { return nil }
                index += 1
                return YAMLReader.unquoted(String(characters[start..<index]))
            }
            while index < characters.count, !",]}".contains(characters[index]) {
                let ends = characters[index] == ":" && (index + 1 == characters.count || characters[index + 1] == " ")
                if isName, ends { break }
                index += 1
            }
            return String(characters[start..<index]).trimmingEnd()
        }
    }
}

extension String {
    fileprivate func trimmingEnd() -> String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
