import Yams

/// The contract as a page: `openapi.yaml` in HTML, without a script and without anything from another host.
package struct ReferencePage {
    private static let methods = ["get", "post", "put", "patch", "delete"]

    private let document: Node

    private struct Operation {
        var method: String
        var path: String
        var said: Node
        var parameters: [Node]

        var id: String { said["operationId"]?.text ?? "" }
    }

    /// - Throws: `YamlError`, with the line.
    package init(_ yaml: String) throws {
        // Without the resolver every scalar stays a text, as OpenAPI 3.1 (YAML 1.2) wants `off` and `no` to be.
        document = try compose(yaml: yaml, .basic) ?? Node("")
    }

    package var html: String {
        var page = HTMLText()
        page.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Ringlink: REST</title>")
        for sheet in ["base.css", "docs.css"] { page.raw("<link rel=\"stylesheet\" href=\"/assets/\(sheet)\">") }
        page.raw("<link rel=\"icon\" href=\"/assets/logo.svg\" type=\"image/svg+xml\"></head><body>")
        page.raw("<header class=\"bar\"><a class=\"brand\" href=\"/\"><img src=\"/assets/logo.svg\" width=\"28\" height=\"28\" alt=\"\">Ringlink</a>")
        page.raw("<a href=\"/openapi.yaml\">openapi.yaml</a></header><div class=\"reference\">")
        let groups = self.groups
        page.element("nav", ["aria-label": "Contents"]) { page in contents(groups, &page) }
        page.element("main") { page in
            introduction(&page)
            for (tag, operations) in groups {
                page.element("section", ["id": "tag-\(tag)"]) { page in
                    page.element("h2", text: tag)
                    for operation in operations { write(operation, &page) }
                }
            }
            page.element("section", ["id": "schemas"]) { page in
                page.element("h2", text: "Schemas")
                for schema in document["components"]?["schemas"]?.members ?? [] { write(schema, &page) }
            }
        }
        page.raw("</div></body></html>")
        return page.html
    }

    // MARK: What there is

    /// Operations by their first tag, in the document's order.
    private var groups: [(tag: String, operations: [Operation])] {
        var groups = (document["tags"]?.elements ?? []).map { (tag: $0["name"]?.text ?? "", operations: [Operation]()) }
        for path in document["paths"]?.members ?? [] {
            let shared = path.value["parameters"]?.elements ?? []
            for member in path.value.members where Self.methods.contains(member.name) {
                let operation = Operation(
                    method: member.name.uppercased(), path: path.name, said: member.value,
                    parameters: shared + (member.value["parameters"]?.elements ?? []))
                let tag = member.value["tags"]?.elements.first?.text ?? "other"
                if let index = groups.firstIndex(where: { $0.tag == tag }) {
                    groups[index].operations.append(operation)
                } else {
                    groups.append((tag, [operation]))
                }
            }
        }
        return groups.filter { !$0.operations.isEmpty }
    }

    /// The node, or what it refers to.
    private func resolved(_ node: Node) -> Node {
        var node = node
        // A chain of references is short; one that bites its tail must not hold the page up.
        for _ in 0..<8 {
            guard let reference = node["$ref"]?.text, reference.hasPrefix("#/") else { return node }
            var target: Node? = document
            for step in reference.dropFirst(2).split(separator: "/") { target = target?[String(step)] }
            node = target ?? Node("")
        }
        return node
    }

    // MARK: Parts of the page

    private func contents(_ groups: [(tag: String, operations: [Operation])], _ page: inout HTMLText) {
        for (tag, operations) in groups {
            page.element("h3") { $0.element("a", ["href": "#tag-\(tag)"], text: tag) }
            page.element("ul") { page in
                for operation in operations {
                    page.element("li") { page in
                        page.element("a", ["href": "#\(operation.id)"]) { page in
                            page.element("b", ["class": "method \(operation.method.lowercased())"], text: operation.method)
                            page.element("span", text: operation.path)
                        }
                    }
                }
            }
        }
        page.element("h3") { $0.element("a", ["href": "#schemas"], text: "schemas") }
    }

    private func introduction(_ page: inout HTMLText) {
        let info = document["info"]
        page.element("h1", text: "\(info?["title"]?.text ?? "") REST")
        page.element("p", ["class": "version"], text: "Version \(info?["version"]?.text ?? "")")
        paragraphs(info?["description"]?.text, &page)
    }

    private func paragraphs(_ text: String?, _ page: inout HTMLText) {
        for paragraph in (text ?? "").split(separator: "\n\n", omittingEmptySubsequences: true) {
            guard paragraph.hasPrefix("- ") else {
                page.element("p") { $0.prose(String(paragraph)) }
                continue
            }
            page.element("ul") { page in
                for entry in paragraph.dropFirst(2).split(separator: "\n- ") { page.element("li") { $0.prose(String(entry)) } }
            }
        }
    }

    private func write(_ operation: Operation, _ page: inout HTMLText) {
        page.element("article", ["id": operation.id]) { page in
            page.element("h3") { page in
                page.element("b", ["class": "method \(operation.method.lowercased())"], text: operation.method)
                page.element("code", text: operation.path)
            }
            page.element("p", ["class": "summary"]) { $0.prose(operation.said["summary"]?.text ?? "") }
            paragraphs(operation.said["description"]?.text, &page)
            if !operation.parameters.isEmpty {
                page.element("h4", text: "Parameters")
                page.element("dl") { page in for parameter in operation.parameters { write(parameter: resolved(parameter), &page) } }
            }
            if let body = operation.said["requestBody"].map(resolved) {
                page.element("h4", text: "Body")
                write(content: body["content"], &page)
            }
            page.element("h4", text: "Answers")
            page.element("dl", ["class": "answers"]) { page in
                for answer in operation.said["responses"]?.members ?? [] { write(answer: answer, &page) }
            }
        }
    }

    private func write(parameter: Node, _ page: inout HTMLText) {
        page.element("dt") { page in
            page.element("code", text: parameter["name"]?.text ?? "")
            page.element("small", text: parameter["in"]?.text ?? "")
            if parameter["required"]?.text == "true" { page.element("small", ["class": "needed"], text: "needed") }
        }
        page.element("dd") { page in
            if let schema = parameter["schema"] { page.element("p", ["class": "type"]) { type(of: schema, &$0) } }
            paragraphs(parameter["description"]?.text, &page)
            if let example = parameter["example"] { write(example: example, &page) }
        }
    }

    private func write(answer: (name: String, value: Node), _ page: inout HTMLText) {
        let said = resolved(answer.value)
        page.element("dt") { $0.element("code", ["class": "status s\(answer.name.prefix(1))"], text: answer.name) }
        page.element("dd") { page in
            paragraphs(said["description"]?.text, &page)
            write(content: said["content"], &page)
        }
    }

    private func write(content: Node?, _ page: inout HTMLText) {
        for media in content?.members ?? [] {
            page.element("p", ["class": "type"]) { page in
                page.element("small", text: media.name)
                if let schema = media.value["schema"] { type(of: schema, &page) }
            }
            if let example = media.value["example"] { write(example: example, &page) }
            for named in media.value["examples"]?.members ?? [] {
                page.element("p", ["class": "type"]) { page in
                    page.element("small", text: "example")
                    page.element("code", text: named.name)
                }
                if let example = resolved(named.value)["value"] { write(example: example, &page) }
            }
        }
    }

    private func write(example: Node, _ page: inout HTMLText) { page.element("pre", text: ExampleText(example).json) }

    // MARK: Schemas

    private func write(_ schema: (name: String, value: Node), _ page: inout HTMLText) {
        page.element("article", ["id": "schema-\(schema.name)"]) { page in
            page.element("h3") { $0.element("code", text: schema.name) }
            paragraphs(schema.value["description"]?.text, &page)
            let properties = schema.value["properties"]?.members ?? []
            if properties.isEmpty { page.element("p", ["class": "type"]) { type(of: schema.value, &$0) } }
            write(properties, of: schema.value, &page)
        }
    }

    private func write(_ properties: [(name: String, value: Node)], of schema: Node, _ page: inout HTMLText) {
        guard !properties.isEmpty else { return }
        let needed = Set((schema["required"]?.elements ?? []).compactMap(\.text))
        page.element("dl") { page in
            for property in properties {
                page.element("dt") { page in
                    page.element("code", text: property.name)
                    if needed.contains(property.name) { page.element("small", ["class": "needed"], text: "needed") }
                }
                page.element("dd") { page in
                    page.element("p", ["class": "type"]) { type(of: property.value, &$0) }
                    paragraphs(property.value["description"]?.text, &page)
                    write(property.value["properties"]?.members ?? [], of: property.value, &page)
                }
            }
        }
    }

    /// What a schema takes, in a line; a name of another one is a link to it.
    private func type(of schema: Node, _ page: inout HTMLText) {
        if let reference = schema["$ref"]?.text, let name = reference.split(separator: "/").last {
            return page.element("a", ["href": "#schema-\(name)"], text: String(name))
        }
        for (word, joint) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
            for (index, choice) in (schema[word]?.elements ?? []).enumerated() {
                if index > 0 { page.raw(joint) }
                type(of: choice, &page)
            }
        }
        let types = schema["type"].map { $0.text.map { [$0] } ?? $0.elements.compactMap(\.text) } ?? []
        if !types.isEmpty { page.raw(HTMLText.escaped(types.joined(separator: " or "))) }
        if let items = schema["items"] {
            page.raw(" of ")
            type(of: items, &page)
        }
        let values = (schema["enum"]?.elements ?? []).compactMap(\.text) + [schema["const"]?.text].compactMap { $0 }
        if !values.isEmpty { page.prose(": " + values.map { "`\($0)`" }.joined(separator: ", ")) }
        let words = ["format", "pattern", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "default"]
        let limits = words.compactMap { word in schema[word]?.text.map { "\(word) `\($0)`" } }
        if !limits.isEmpty { page.element("small") { $0.prose(limits.joined(separator: ", ")) } }
    }
}
