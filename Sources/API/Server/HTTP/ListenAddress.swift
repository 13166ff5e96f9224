import Glibc
import NIOCore

/// Where to listen.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name or an IP address, an IPv6 one without brackets.
    public var host: String
    /// Never 0: links and origins name the port.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Why the server cannot listen.
public enum ListenError: Error, Sendable, Equatable, CustomStringConvertible {
    case portMissing(host: String)
    case addressInUse(ListenAddress)
    case notPermitted(ListenAddress)
    /// Not an address of this machine, or an unknown name.
    case addressUnavailable(ListenAddress)
    case failed(ListenAddress, reason: String)

    public var description: String {
        switch self {
        case .portMissing(let host): "The HTTP port for \(host) is 0. Name a port: links and origins need it."
        case .addressInUse(let address): "\(address) is in use already. Stop what listens there, or choose another --port."
        case .notPermitted(let address): "This user may not listen on \(address). Ports below 1024 need a right of their own."
        case .addressUnavailable(let address): "\(address) is no address of this machine."
        case .failed(let address, let reason): "Cannot listen on \(address): \(reason)"
        }
    }

    init(_ error: any Error, at address: ListenAddress) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: self = .addressInUse(address)
        case EACCES, EPERM: self = .notPermitted(address)
        case EADDRNOTAVAIL: self = .addressUnavailable(address)
        default: self = error is SocketAddressError ? .addressUnavailable(address) : .failed(address, reason: "\(error)")
        }
    }
}
