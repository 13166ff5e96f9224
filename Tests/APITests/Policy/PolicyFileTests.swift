import API
import Domain
import Testing

@Suite("The operator's configuration")
struct PolicyFileTests {
    private func read(_ text: String?, _ environment: [String: String] = [:]) -> Result<Policy, PolicyFault> {
        Result { () throws(PolicyFault) in
            try PolicyFile.policy(file: text.map { Array($0.utf8) }, named: "ringlink.conf", environment: environment)
        }
    }

    private func fault(_ text: String?, _ environment: [String: String] = [:]) -> String {
        if case .failure(let fault) = read(text, environment) { "\(fault)" } else { "no fault" }
    }

    @Test("Without a file and without a word the safe defaults hold", arguments: [nil, "{}", " {\n} "])
    func defaults(text: String?) throws {
        let policy = try read(text).get()
        #expect(policy == Policy())
        #expect(policy.dialing == .open && policy.trustedProxies.isEmpty && policy.webhookTargets.isEmpty)
        #expect(policy.caps == DialCaps(dialsPerAddressPerHour: 20, callsPerDay: 200, callsAtOnce: 10, timeZone: "UTC"))
        #expect(policy.limits.maximumSeconds == 7_200 && policy.limits.ringSeconds == 60 && policy.limits.graceSeconds == 10)
    }

    private static let whole = """
        {"dialing": "signed", "public_urls": ["https://Call.example.org/"], "trusted_proxies": ["10.0.0.0/8", "::1"],
         "webhooks": {"allow_targets": ["127.0.0.1/32"]},
         "caps": {"dials_per_address_per_hour": 5, "calls_per_day": 50, "calls_at_once": 2, "time_zone": "Europe/Berlin"},
         "dial": {"ring_seconds": 30, "grace_seconds": 0, "max_seconds": 600}, "api": {"requests_per_minute": 60}}
        """

    @Test("The file says everything, and the environment wins over it")
    func whole() throws {
        let policy = try read(Self.whole).get()
        #expect(policy.dialing == .signed && policy.publicURLs == ["https://call.example.org"] && policy.requestsPerMinute == 60)
        #expect(policy.trustedProxies.map(\.description) == ["10.0.0.0/8", "::1/128"] && policy.webhookTargets.count == 1)
        #expect(policy.caps == DialCaps(dialsPerAddressPerHour: 5, callsPerDay: 50, callsAtOnce: 2, timeZone: "Europe/Berlin"))
        #expect(policy.limits == DialLimits(ringSeconds: 30, graceSeconds: 0, maximumSeconds: 600))

        let told = try read(
            Self.whole,
            [
                "RINGLINK_DIALING": "open", "RINGLINK_TRUSTED_PROXIES": "192.0.2.0/24, 2001:db8::/32", "RINGLINK_CAPS_CALLS_PER_DAY": "7",
                "RINGLINK_DIAL_RING_SECONDS": "20", "RINGLINK_WEBHOOKS_ALLOW_TARGETS": "", "RINGLINK_OTHER": "x",
            ]
        ).get()
        #expect(told.dialing == .open && told.caps.callsPerDay == 7 && told.caps.callsAtOnce == 2 && told.limits.ringSeconds == 20)
        #expect(told.trustedProxies.map(\.description) == ["192.0.2.0/24", "2001:db8::/32"])
        #expect(told.webhookTargets.count == 1)
        #expect(try read(nil, ["RINGLINK_CAPS_CALLS_PER_DAY": "7"]).get().caps.callsPerDay == 7)
    }

    @Test(
        "What cannot be used is one sentence that names the key",
        arguments: [
            (#"{"dialling": "open"}"#, "ringlink.conf:1, dialling: This field is not known here."),
            (#"{"dialing": "closed"}"#, "ringlink.conf:1, dialing: It must be one of: open, signed."),
            (#"{"caps": {"calls_per_day": "many"}}"#, "ringlink.conf:1, caps.calls_per_day: It must be a whole number from 0 to 10000000."),
            (#"{"caps": {"calls_per_week": 1}}"#, "ringlink.conf:1, caps.calls_per_week: This field is not known here."),
            (#"{"caps": 3}"#, "ringlink.conf:1, caps: It must be an object."),
            (#"{"trusted_proxies": ["10.0.0.1/8"]}"#, "ringlink.conf:1, trusted_proxies.0: It must be a range of addresses such as 10.0.0.0/8."),
            (
                #"{"public_urls": ["https://a.example/path"]}"#,
                "ringlink.conf:1, public_urls.0: It must be an origin such as https://call.example.org, without a path."
            ),
            (#"{"caps": {"time_zone": "Mars/Olympus"}}"#, "ringlink.conf:1, caps.time_zone: It must be a time zone such as Europe/Berlin."),
            ("dialing = open", "ringlink.conf:1 is not one JSON object in UTF-8: no value begins here."),
            ("[]", "ringlink.conf:1 is not one JSON object in UTF-8: it is something else."),
            ("", "ringlink.conf:1 is not one JSON object in UTF-8: it ends too early."),
            (
                "{\n  \"caps\": {\n    \"calls_per_day\": -1\n  }\n}",
                "ringlink.conf:3, caps.calls_per_day: It must be a whole number from 0 to 10000000."
            ),
            ("{\n\"dialing\": \"open\",\n\"dialing\": \"signed\"}", "ringlink.conf:3 is not one JSON object in UTF-8: a member is there twice."),
            (
                #"{"api": {"metrics_token": "short"}}"#,
                "ringlink.conf:1, api.metrics_token: It must be a secret of 16 to 200 visible ASCII characters."
            ),
        ])
    func faults(text: String, sentence: String) { #expect(fault(text) == sentence) }

    @Test("What the environment says wrong is told by its variable")
    func variables() {
        #expect(fault(nil, ["RINGLINK_DIALING": "closed"]) == "RINGLINK_DIALING: It must be one of: open, signed.")
        #expect(fault("{}", ["RINGLINK_DIAL_MAX_SECONDS": "2h"]) == "RINGLINK_DIAL_MAX_SECONDS: It must be a whole number from 1 to 86400.")
        #expect(
            fault(nil, ["RINGLINK_TRUSTED_PROXIES": "10.0.0.0/8,nonsense"])
                == "RINGLINK_TRUSTED_PROXIES: It must be a range of addresses such as 10.0.0.0/8.")
    }
}
