import ICE
import Media

/// How one media thread finds the leg that a datagram is for: by the local ufrag of a STUN check, else by a proven address.
package struct LegTable<Owner: AnyObject> {
    /// A leg, and what it belongs to.
    package struct Entry {
        package let owner: Owner
        package let leg: LegID
    }

    private var byUfrag: [String: Entry] = [:]
    private var byAddress: [TransportAddress: Entry] = [:]
    private var addresses: [LegID: [TransportAddress]] = [:]

    package init() {}

    /// Whether nothing is remembered of any leg.
    package var isEmpty: Bool { byUfrag.isEmpty && byAddress.isEmpty && addresses.isEmpty }

    package func find(ufrag: String) -> Entry? { byUfrag[ufrag] }
    package func find(address: TransportAddress) -> Entry? { byAddress[address] }

    package mutating func apply(_ change: RoutingChange, owner: Owner) {
        switch change {
        case .ufrag(let ufrag, let leg): byUfrag[ufrag] = Entry(owner: owner, leg: leg)
        case .forgetUfrag(let ufrag): byUfrag[ufrag] = nil
        case .address(let address, let leg): learn(address, Entry(owner: owner, leg: leg))
        case .forgetAddress(let address, let leg):
            if byAddress[address]?.leg == leg { byAddress[address] = nil }
            addresses[leg]?.removeAll { $0 == address }
        case .forgetAddresses(let leg):
            for address in addresses.removeValue(forKey: leg) ?? [] where byAddress[address]?.leg == leg { byAddress[address] = nil }
        }
    }

    private mutating func learn(_ address: TransportAddress, _ entry: Entry) {
        guard byAddress[address]?.leg != entry.leg else { return }
        byAddress[address] = entry
        // The agent bounds them: it tells which one to forget.
        addresses[entry.leg, default: []].append(address)
    }
}
