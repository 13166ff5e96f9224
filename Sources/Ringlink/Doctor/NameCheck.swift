import Foundation
import Linux
import Store

/// Names of others that must have addresses.
struct NameCheck {
    let publicURLs: [String]
    let trunks: [DatabaseFacts.Trunk]

    var findings: [Finding] {
        let hosts = publicURLs.compactMap { URLComponents(string: $0)?.host?.trimmingCharacters(in: ["[", "]"]) } + trunks.map(\.host)
        let names = Set(hosts).filter { SocketAddress($0, port: 0) == nil }.sorted()
        let unknown = names.filter { HostLookup.addresses(of: $0).isEmpty }
        if names.isEmpty { return [.good("DNS", "No name is needed.")] }
        if unknown.isEmpty { return [.good("DNS", "\(names.joined(separator: ", ")) can be found.")] }
        return unknown.map { .bad("DNS", "\($0) has no address. Mend the name, or the name server of this machine (/etc/resolv.conf).") }
    }
}
