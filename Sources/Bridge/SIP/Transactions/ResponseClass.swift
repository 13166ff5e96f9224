/// What a status code means to a transaction.
enum ResponseClass: Equatable, Sendable {
    /// 100–199.
    case provisional
    /// 200–299.
    case success
    /// 300–699: redirections are failures to a transaction.
    case failure

    /// - Returns: `nil` for a number that is no status code.
    init?(_ status: UInt16) {
        switch status {
        case 100...199: self = .provisional
        case 200...299: self = .success
        case 300...699: self = .failure
        // An open set: all other integers.
        default: return nil
        }
    }
}
