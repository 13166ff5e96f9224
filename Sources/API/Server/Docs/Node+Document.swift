import Yams

/// A value of the document, as a page asks for it: what is not of the kind is nothing.
extension Node {
    var text: String? { scalar?.string }

    /// In the document's order.
    var members: [(name: String, value: Node)] { mapping?.map { (name: $0.key.text ?? "", value: $0.value) } ?? [] }

    var elements: [Node] { array() }
}
