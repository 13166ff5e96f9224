extension SIPURI: Equatable {
    /// Compares as RFC 3261 section 19.1.4 says: user and password with their case, all else without; an escape equals
    /// the unreserved character that it stands for; a port that is left out is not the same as 5060.
    public static func == (left: SIPURI, right: SIPURI) -> Bool {
        guard left.isSecure == right.isSecure, left.host == right.host, left.port == right.port,
            comparable(left.escapedUser) == comparable(right.escapedUser),
            comparable(left.escapedPassword) == comparable(right.escapedPassword),
            left.headers.count == right.headers.count
        else { return false }
        return left.agrees(with: right) && right.agrees(with: left)
            && left.headers.allSatisfy { header in
                right.headers.contains { isSame(header.name, $0.name) && isSame(header.value, $0.value) }
            }
            && right.headers.allSatisfy { header in
                left.headers.contains { isSame(header.name, $0.name) && isSame(header.value, $0.value) }
            }
    }

    /// Parameters that make two URIs different when only one of them has it.
    private static let distinguishing = ["user", "ttl", "method", "maddr", "transport"]

    /// Whether each parameter of this one has the same value in the other, or may be missing there.
    private func agrees(with other: SIPURI) -> Bool {
        parameters.all.allSatisfy { parameter in
            guard other.parameters.contains(parameter.name) else {
                return !Self.distinguishing.contains { equalIgnoringCase($0, parameter.name) }
            }
            return Self.isSame(parameter.value, other.parameters[parameter.name])
        }
    }

    private static func comparable(_ text: String?) -> [UInt8]? {
        text.map { Escapes.decoded($0, onlyUnreserved: true) }
    }

    private static func isSame(_ left: String?, _ right: String?) -> Bool {
        comparable(left)?.map(\.lowercased) == comparable(right)?.map(\.lowercased)
    }
}
