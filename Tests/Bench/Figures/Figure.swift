import Foundation

/// One measured number, and under which conditions it came about.
struct Figure: Sendable {
    var metric: String
    var value: Double
    var unit: String
    /// What was hoped for, and how; `nil` where nothing was.
    var aim: Aim?
    var conditions: String

    enum Aim: Sendable, CustomStringConvertible {
        case atMost(Double)
        case atLeast(Double)

        var description: String {
            switch self {
            case .atMost(let value): "≤ \(Figure.text(value))"
            case .atLeast(let value): "≥ \(Figure.text(value))"
            }
        }
    }

    init(_ metric: String, _ value: Double, _ unit: String, aim: Double? = nil, atLeast: Double? = nil, _ conditions: String) {
        self.metric = metric
        self.value = value
        self.unit = unit
        self.aim = aim.map(Aim.atMost) ?? atLeast.map(Aim.atLeast)
        self.conditions = conditions
    }

    /// Three digits that say something, or all before the point.
    static func text(_ value: Double) -> String {
        let decimals = value.magnitude >= 100 ? 0 : value.magnitude >= 10 ? 1 : value.magnitude >= 1 ? 2 : 3
        return String(format: "%.\(decimals)f", value)
    }

    /// One line of JSON.
    var line: String {
        let hoped = aim.map { "; aim \($0)" } ?? ""
        let members = [
            ("metric", Self.quoted(metric)), ("value", Self.text(value)), ("unit", Self.quoted(unit)),
            ("conditions", Self.quoted(conditions + hoped)),
        ]
        return "{" + members.map { "\(Self.quoted($0)):\($1)" }.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case _ where scalar.value < 0x20: String(format: "\\u%04x", scalar.value)
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
