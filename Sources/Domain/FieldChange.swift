/// What a change says of one field that may be empty.
public enum FieldChange<Value: Sendable>: Sendable {
    case keep
    case clear
    case set(Value)

    public func applied(to value: Value?) -> Value? {
        switch self {
        case .keep: value
        case .clear: nil
        case .set(let new): new
        }
    }
}

extension FieldChange: Equatable where Value: Equatable {}
