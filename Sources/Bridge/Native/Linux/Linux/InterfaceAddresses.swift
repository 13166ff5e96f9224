import CLinux

/// The addresses at which this machine can be reached, as candidates for media.
public enum InterfaceAddresses {
    /// One address of one network interface; its port is 0.
    public struct Entry: Hashable, Sendable {
        public var interface: String
        public var address: SocketAddress

        public init(interface: String, address: SocketAddress) {
            self.interface = interface
            self.address = address
        }
    }

    /// The addresses of interfaces that are up, without loopback, link-local and what container engines make.
    public static func list() throws(LinuxError) -> [Entry] {
        var found = [clinux_interface](repeating: clinux_interface(), count: 256)
        let count = try LinuxError.check(clinux_interfaces(&found, Int32(found.count)), "list the interfaces")
        var seen: Set<SocketAddress> = []
        return found.prefix(Int(count)).compactMap { interface in
            let name = withUnsafeBytes(of: interface.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            let entry = Entry(interface: name, address: SocketAddress(interface.address))
            return isReachable(entry) && seen.insert(entry.address).inserted ? entry : nil
        }
    }

    /// Whether others can be expected to reach this address: a bridge of a container engine is seen by nobody outside.
    package static func isReachable(_ entry: Entry) -> Bool {
        !containerPrefixes.contains { entry.interface.hasPrefix($0) } && !isLinkLocal(entry.address)
    }

    private static let containerPrefixes = [
        "docker", "veth", "br-", "cni", "virbr", "vnet", "lxc", "lxd", "podman", "flannel", "cali", "cilium", "kube", "nerdctl",
    ]

    /// 169.254.0.0/16 (RFC 3927) and fe80::/10 (RFC 4291 section 2.5.6).
    private static func isLinkLocal(_ address: SocketAddress) -> Bool {
        address.isIPv4 ? address.low & 0xFFFF_0000 == 0xA9FE_0000 : address.high >> 54 == 0xFE80 >> 6
    }
}
