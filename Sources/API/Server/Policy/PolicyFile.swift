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
    /// - Throws: `PolicyFault`, one sentence that names the key.
    public static func policy(file bytes: [UInt8]?, named name: String, environment: [String: String]) throws(PolicyFault) -> Policy {
        var members: [String: JSONValue] = [:]
        if let bytes {
            guard bytes.count <= sizeLimit, case .object(let object)? = JSONValue(parsing: bytes) else {
                throw PolicyFault("\(name) is not one JSON object in UTF-8.")
            }
            members = object
        }
        for key in keys {
            guard let text = environment[key.variable], !text.isEmpty else { continue }
            set(key.value(text), at: key.path[...], in: &members)
        }
        var fields = JSONFields(members, pointer: "")
        let policy = read(&fields)
        do throws(InvalidFields) {
            try fields.finish()
            return policy
        } catch {
            throw sentence(error.faults, file: bytes == nil ? nil : name, environment)
        }
    }

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
        if let api = fields.optional("api", .object { $0.optional("requests_per_minute", .integer(1...10_000_000)) ?? Policy().requestsPerMinute }) {
            policy.requestsPerMinute = api
        }
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
    private static let block = JSONRule<CIDRBlock>.text("It must be a range of addresses such as 10.0.0.0/8.") { CIDRBlock($0) }
    private static let zone = JSONRule<String>.text("It must be a time zone such as Europe/Berlin.") {
        TimeZone(identifier: $0) == nil ? nil : $0
    }

    // MARK: The environment

    private struct Key {
        enum Form { case text, number, list }
        var path: [String]
        var form: Form

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
            Key(path: ["api", "requests_per_minute"], form: .number),
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

    /// One sentence about the first fault, in the words of where it was said.
    private static func sentence(_ faults: [FieldFault], file: String?, _ environment: [String: String]) -> PolicyFault {
        guard let fault = faults.first else { return PolicyFault("The configuration cannot be used.") }
        let steps = fault.pointer.split(separator: "/").map(String.init)
        let key = keys.first { steps.starts(with: $0.path) }
        if let key, environment[key.variable]?.isEmpty == false { return PolicyFault("\(key.variable): \(fault.detail)") }
        return PolicyFault("\(file ?? "The configuration"), \(steps.joined(separator: ".")): \(fault.detail)")
    }
}

/// Why the configuration cannot be used, in one sentence.
public struct PolicyFault: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
    init(_ description: String) { self.description = description }
}
