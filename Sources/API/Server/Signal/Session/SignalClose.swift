/// Why the server closes a socket: the codes and reasons of `docs/protocol.md`.
package enum SignalClose: Sendable, Equatable, CaseIterable {
    case left
    case serverRestarting
    case protocolError
    case frameTooLarge
    case kicked
    case ended
    case joinTimeout
    case keepaliveTimeout
    case replaced
    case slowReader
    case flood

    /// RFC 6455 section 7.4.
    package var code: UInt16 {
        switch self {
        case .left: 1000
        case .serverRestarting: 1001
        case .protocolError: 1002
        case .frameTooLarge: 1009
        case .kicked: 4403
        case .joinTimeout, .keepaliveTimeout: 4408
        case .replaced: 4409
        case .ended: 4410
        case .slowReader: 4413
        case .flood: 4429
        }
    }

    package var reason: String {
        switch self {
        case .left: "left"
        case .serverRestarting: "server_restarting"
        case .protocolError: "protocol_error"
        case .frameTooLarge: "frame_too_large"
        case .kicked: "kicked"
        case .ended: "ended"
        case .joinTimeout: "join_timeout"
        case .keepaliveTimeout: "keepalive_timeout"
        case .replaced: "replaced"
        case .slowReader: "slow_reader"
        case .flood: "flood"
        }
    }
}
