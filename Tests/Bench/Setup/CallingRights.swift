import Linux

/// What an operator sets up so that the benchmark may call its own phones as often as it likes.
enum CallingRights {
    /// Numbers of Berlin: there are enough of them, and none is ever really dialled.
    static let prefix = "+4930"
    private static let firstNumber = 2_000_000
    private static let caps = [
        "per_ip_hour", "per_network_hour", "per_number_day", "per_trunk_day", "per_day", "concurrent", "internal_per_ip_hour", "internal_concurrent",
    ]

    private struct AllowRule: Encodable {
        var kind = "allow"
        var prefix = CallingRights.prefix
    }

    private struct CapRule: Encodable {
        var kind = "cap"
        var cap: String
        var limit: Int?

        private enum CodingKeys: String, CodingKey { case kind, cap, limit }

        /// A limit that is taken away is written as null.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(kind, forKey: .kind)
            try container.encode(cap, forKey: .cap)
            try container.encode(limit, forKey: .limit)
        }
    }

    private struct Trunk: Encodable {
        var name = "Benchmark"
        var host: String
        var port: UInt16
        var prefixes = [CallingRights.prefix]
        var codecs = ["pcmu"]
    }

    /// The number of the `index`th phone.
    static func number(_ index: Int) -> String { "\(prefix)\(firstNumber + index)" }

    /// An allow rule, no caps, and a trunk without registration or password that leads to `phones`.
    static func set(up api: RESTClient, phones: SocketAddress) async throws {
        try await api.create("guard/rules", AllowRule())
        for cap in caps { try await api.create("guard/rules", CapRule(cap: cap, limit: nil)) }
        try await api.create("guard/rules", CapRule(cap: "refusals_per_minute", limit: 1_000))
        try await api.create("trunks", Trunk(host: phones.host, port: phones.port))
    }
}
