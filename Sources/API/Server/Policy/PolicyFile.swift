import Domain
import Foundation

/// The operator's decisions, out of a file (`ringlink.conf`, one JSON object) and the environment, which wins.
///
/// Every key of the file has a variable: `caps.calls_per_day` is `RINGLINK_CAPS_CALLS_PER_DAY`; lists are parted by commas.
public enum PolicyFile {
    /// Bytes that the file may have.
    private static let sizeLimit = 64 * 1024

    /// Reads the file's bytes (`nil`: there is none) and the environment.
    ///
    /// - Throws: `PolicyFault`, one sentence that names the key and, of a file, the line.
    public static func policy(file bytes: [UInt8]?, named name: String, environment: [String: String]) throws(PolicyFault) -> Policy {
        let reading = reading(file: bytes, named: name, environment: environment)
        if let fault = reading.faults.first { throw fault }
        return reading.policy
    }

    /// What the file and the environment come to.
    public struct Reading: Sendable {
        /// Only to be used without faults.
        public var policy: Policy
        /// Everything that is wrong.
        public var faults: [PolicyFault] = []
        /// What is decided otherwise than by default.
        public var settings: [Setting] = []
    }

    /// One decision of the operator's.
    public struct Setting: Sendable, Equatable {
        /// Such as `caps.calls_per_day`.
        public var key: String
        /// As JSON; a secret is not shown.
        public var value: String
        /// The variable, or the file and the line.
        public var source: String
    }

    /// As `policy`, and says everything that is wrong at once.
    public static func reading(file bytes: [UInt8]?, named name: String, environment: [String: String]) -> Reading {
        var members: [String: JSONValue] = [:]
        var places = Places(file: name, bytes: bytes ?? [], environment: environment)
        if let bytes {
            do throws(JSONFault) {
                guard bytes.count <= sizeLimit else { throw JSONFault(offset: sizeLimit, reason: "it has more than \(sizeLimit) bytes") }
                let read = try JSONReader.valueWithPositions(bytes)
                guard case .object(let object) = read.value else { throw JSONFault(offset: 0, reason: "it is something else") }
                (members, places.positions) = (object, read.positions)
            } catch {
                let fault = PolicyFault("\(places.line(of: error.offset)) is not one JSON object in UTF-8: \(error.reason).")
                return Reading(policy: Policy(), faults: [fault])
            }
        }
        for key in keys {
            guard let text = environment[key.variable], !text.isEmpty else { continue }
            set(key.value(text), at: key.path[...], in: &members)
        }
        var fields = JSONFields(members, pointer: "")
        var reading = Reading(policy: read(&fields))
        do throws(InvalidFields) {
            try fields.finish()
        } catch {
            reading.faults = error.faults.map { places.sentence($0) }
        }
        reading.settings = keys.compactMap { key in
            guard let value = value(at: key.path[...], in: members) else { return nil }
            let shown = key.isSecret ? "(secret)" : value.text
            return Setting(key: key.path.joined(separator: "."), value: shown, source: places.source(of: key))
        }
        return reading
    }

    /// Every variable of the environment that decides something here.
    public static var variables: [String] { keys.map(\.variable) }

    // MARK: What there is to decide

    private static func read(_ fields: inout JSONFields) -> Policy {
        var policy = Policy()
        if let dialing = fields.optional("dialing", .word as JSONRule<Policy.Dialing>) { policy.dialing = dialing }
        if let urls = fields.optional("public_urls", .list(0...16, of: origin)) { policy.publicURLs = urls }
        if let proxies = fields.optional("trusted_proxies", .list(0...64, of: block)) { policy.trustedProxies = proxies }
        if let webhooks = fields.optional("webhooks", .object { $0.optional("allow_targets", .list(0...64, of: block)) ?? [] }) {
            policy.webhookTargets = webhooks
        }
        if let caps = fields.optional("caps", .object(caps)) { policy.caps = caps }
        if let limits = fields.optional("dial", .object(limits)) { policy.limits = limits }
        if let api = fields.optional("api", .object(api)) {
            (policy.requestsPerMinute, policy.corsOrigins, policy.metricsToken) = (api.requestsPerMinute, api.corsOrigins, api.metricsToken)
        }
        return policy
    }

    @Sendable private static func api(_ fields: inout JSONFields) -> Policy? {
        var policy = Policy()
        if let count = fields.optional("requests_per_minute", .integer(1...10_000_000)) { policy.requestsPerMinute = count }
        if let origins = fields.optional("cors_origins", .list(0...64, of: origin)) { policy.corsOrigins = origins }
        policy.metricsToken = fields.optional("metrics_token", token)
        return policy
    }

    @Sendable private static func caps(_ fields: inout JSONFields) -> DialCaps? {
        var caps = DialCaps()
        if let count = fields.optional("dials_per_address_per_hour", .integer(0...1_000_000)) { caps.dialsPerAddressPerHour = count }
        if let count = fields.optional("calls_per_day", .integer(0...10_000_000)) { caps.callsPerDay = count }
        if let count = fields.optional("calls_at_once", .integer(0...100_000)) { caps.callsAtOnce = count }
        if let zone = fields.optional("time_zone", zone) { caps.timeZone = zone }
        return caps
    }

    @Sendable private static func limits(_ fields: inout JSONFields) -> DialLimits? {
        var limits = DialLimits()
        if let seconds = fields.optional("ring_seconds", .integer(5...300)) { limits.ringSeconds = seconds }
        if let seconds = fields.optional("grace_seconds", .integer(0...300)) { limits.graceSeconds = seconds }
        if let seconds = fields.optional("max_seconds", .integer(1...86_400)) { limits.maximumSeconds = seconds }
        return limits
    }

    private static let origin = JSONRule<String>.text("It must be an origin such as https://call.example.org, without a path.") {
        WebOrigin($0)?.text
    }
    private static let token = JSONRule<String>.text("It must be a secret of 16 to 200 visible ASCII characters.") { text in
        (16...200).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
    }
    private static let block = JSONRule<CIDRBlock>.text("It must be a range of addresses such as 10.0.0.0/8.") { CIDRBlock($0) }
    private static let zone = JSONRule<String>.text("It must be a time zone such as Europe/Berlin.") {
        TimeZone(identifier: $0) == nil ? nil : $0
    }

    // MARK: The environment

    private struct Key {
        enum Form { case text, number, list }
        var path: [String]
        var form: Form
        var isSecret = false

        var variable: String { "RINGLINK_" + path.joined(separator: "_").uppercased() }

        func value(_ text: String) -> JSONValue {
            switch form {
            case .text: .text(text)
            // What is no number stays a text, and the key's own rule refuses it.
            case .number: Int64(text).map { .integer($0) } ?? .text(text)
            case .list: .list(text.split(separator: ",").map { .text($0.trimmingCharacters(in: .whitespaces)) })
            }
        }
    }

    private static let keys: [Key] =
        [
            Key(path: ["dialing"], form: .text), Key(path: ["public_urls"], form: .list), Key(path: ["trusted_proxies"], form: .list),
            Key(path: ["webhooks", "allow_targets"], form: .list), Key(path: ["caps", "time_zone"], form: .text),
            Key(path: ["api", "requests_per_minute"], form: .number), Key(path: ["api", "cors_origins"], form: .list),
            Key(path: ["api", "metrics_token"], form: .text, isSecret: true),
        ] + ["dials_per_address_per_hour", "calls_per_day", "calls_at_once"].map { Key(path: ["caps", $0], form: .number) }
        + ["ring_seconds", "grace_seconds", "max_seconds"].map { Key(path: ["dial", $0], form: .number) }

    private static func set(_ value: JSONValue, at path: ArraySlice<String>, in members: inout [String: JSONValue]) {
        guard let name = path.first else { return }
        guard path.count > 1 else { return members[name] = value }
        var inner: [String: JSONValue] = [:]
        // Something else than an object stands there: it is refused by its rule, whatever the environment says.
        if let given = members[name] {
            guard case .object(let object) = given else { return }
            inner = object
        }
        set(value, at: path.dropFirst(), in: &inner)
        members[name] = .object(inner)
    }

    private static func value(at path: ArraySlice<String>, in members: [String: JSONValue]) -> JSONValue? {
        guard let name = path.first, let value = members[name] else { return nil }
        guard path.count > 1 else { return value }
        guard case .object(let inner) = value else { return nil }
        return self.value(at: path.dropFirst(), in: inner)
    }

    // MARK: Where it was said

    private struct Places {
        let file: String
        let bytes: [UInt8]
        let environment: [String: String]
        var positions: [String: Int] = [:]

        /// `ringlink.conf:3`
        func line(of offset: Int) -> String { "\(file):\(bytes.prefix(offset).count { $0 == UInt8(ascii: "\n") } + 1)" }

        func source(of key: Key) -> String {
            if environment[key.variable]?.isEmpty == false { return key.variable }
            return positions["/" + key.path.joined(separator: "/")].map(line) ?? file
        }

        /// One sentence in the words of where it was said.
        func sentence(_ fault: FieldFault) -> PolicyFault {
            let steps = fault.pointer.split(separator: "/").map(String.init)
            let key = PolicyFile.keys.first { steps.starts(with: $0.path) }
            if let key, environment[key.variable]?.isEmpty == false { return PolicyFault("\(key.variable): \(fault.detail)") }
            var known = fault.pointer
            while positions[known] == nil, let end = known.lastIndex(of: "/") { known = String(known[..<end]) }
            let place = positions[known].map(line) ?? (bytes.isEmpty ? "The configuration" : file)
            return PolicyFault("\(place), \(steps.joined(separator: ".")): \(fault.detail)")
        }
    }
}

/// Why the configuration cannot be used, in one sentence.
public struct PolicyFault: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
    init(_ description: String) { self.description = description }
}
