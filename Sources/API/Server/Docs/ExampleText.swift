import Yams

/// An example of the document as the JSON that is sent.
struct ExampleText {
    private(set) var json = ""

    init(_ node: Node) { write(node, indent: "") }

    private mutating func write(_ node: Node, indent: String) {
        let deeper = indent + "  "
        switch node {
        case .scalar(let scalar): json += Self.isBare(scalar) ? scalar.string : Self.quoted(scalar.string)
        case .sequence(let elements):
            json += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { json += ", " }
                write(element, indent: indent)
            }
            json += "]"
        case .mapping(let members):
            json += "{"
            for (index, member) in members.enumerated() {
                json += "\(index > 0 ? "," : "")\n\(deeper)\(Self.quoted(member.key.text ?? "")): "
                write(member.value, indent: deeper)
            }
            json += members.isEmpty ? "}" : "\n\(indent)}"
        // The parser puts what an alias names in its place.
        case .alias: json += "null"
        }
    }

    /// Whether JSON writes it without quotes. What the document has in quotes is a text, whatever it looks like: `"610"` is no number.
    private static func isBare(_ scalar: Node.Scalar) -> Bool {
        guard scalar.style == .plain else { return false }
        return ["true", "false", "null"].contains(scalar.string)
            || scalar.string.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil
    }

    private static func quoted(_ text: String) -> String {
        var json: [UInt8] = []
        json.appendJSONString(text)
        return String(decoding: json, as: UTF8.self)
    }
}
