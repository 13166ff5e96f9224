import Domain
import SIP

/// The trunks that the web side has told of, and where each one's host name points to.
///
/// A value: whoever is told that a name has to be looked up does so, and brings the answer to `take`.
package struct TrunkDirectory {
    private var setups: [TrunkID: TrunkSetup] = [:]
    private var resolutions: [TrunkID: Resolution] = [:]

    package init() {}

    package var all: some Collection<TrunkSetup> { setups.values }

    package subscript(id: TrunkID) -> TrunkSetup? { setups[id] }

    /// `nil` for a trunk that is not set up.
    package func resolution(of id: TrunkID) -> Resolution? { resolutions[id] }

    /// The trunks whose host is a name, which may point elsewhere by and by.
    package var named: [TrunkID] { setups.values.filter { SIP.IPAddress($0.host) == nil }.map(\.id) }

    /// All addresses that a trunk can be heard from.
    package var peers: Set<SIP.IPAddress> {
        var peers: Set<SIP.IPAddress> = []
        for case .addresses(let addresses) in resolutions.values { peers.formUnion(addresses.map(\.ip)) }
        return peers
    }

    /// Takes these trunks in the place of all others.
    /// - Returns: those whose names have to be looked up.
    package mutating func replace(with trunks: [TrunkSetup]) -> [TrunkID] {
        let old = setups
        setups = Dictionary(trunks.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        resolutions = resolutions.filter { setups[$0.key] != nil }
        return setups.values.filter { old[$0.id]?.host != $0.host || old[$0.id]?.port != $0.port }.map(\.id).filter { renew($0) }
    }

    /// Forgets where a trunk is.
    /// - Returns: whether its name has to be looked up; an address is its own answer.
    package mutating func renew(_ id: TrunkID) -> Bool {
        guard let trunk = setups[id] else { return false }
        guard let ip = SIP.IPAddress(trunk.host) else {
            resolutions[id] = .pending
            return true
        }
        resolutions[id] = .addresses([SIPAddress(ip, port: trunk.port)])
        return false
    }

    /// Takes the answer to a lookup of `host`; empty if there is none. A failed one does not take away addresses that were there.
    /// - Returns: whether it was still asked for: the trunk may have moved to another name meanwhile.
    package mutating func take(_ addresses: [SIPAddress], of id: TrunkID, host: String) -> Bool {
        guard let trunk = setups[id], trunk.host == host else { return false }
        if !addresses.isEmpty {
            resolutions[id] = .addresses(addresses.map { SIPAddress($0.ip, port: trunk.port) })
        } else if resolutions[id] == .pending {
            resolutions[id] = .failed
        }
        return true
    }
}
