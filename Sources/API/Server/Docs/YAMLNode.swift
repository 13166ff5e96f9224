/// A value of a YAML document, its members in their order.
package enum YAMLNode: Sendable, Equatable {
    case scalar(String)
    case list([YAMLNode])
    case map([Member])

    package struct Member: Sendable, Equatable {
        package var name: String
        package var value: YAMLNode
    }

    package subscript(_ name: String) -> YAMLNode? {
        guard case .map(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var text: String? {
        guard case .scalar(let text) = self else { return nil }
        return text
    }

    var members: [Member] {
        guard case .map(let members) = self else { return [] }
        return members
    }

    package var elements: [YAMLNode] {
        guard case .list(let elements) = self else { return [] }
        return elements
    }
}

/// A line that is not of the YAML that we write.
package struct YAMLFault: Error, Sendable, Equatable {
    /// From 1.
    var line: Int
    var reason: String
}
