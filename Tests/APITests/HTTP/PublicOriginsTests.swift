import API
import Testing

@Suite("Public origins")
struct PublicOriginsTests {
    @Test(
        "An origin is scheme, host and port without the default one",
        arguments: [
            ("https://Phone.Example.com", "https://phone.example.com"), ("https://phone.example.com:443/", "https://phone.example.com"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"), ("http://[::1]:8080", "http://[::1]:8080"),
            ("http://localhost:80", "http://localhost"),
        ])
    func reads(text: String, expected: String) {
        #expect(WebOrigin(text)?.text == expected)
    }

    @Test(
        "Anything with more than that is no origin",
        arguments: ["", "null", "phone.example.com", "ftp://a", "https://a/room.html", "https://a?x=1", "https://user@a", "https://", "https://a#b"])
    func refuses(text: String) {
        #expect(WebOrigin(text) == nil)
    }

    @Test("Host must be ours; Origin ours, or of a site that may embed us")
    func allows() {
        let origins = PublicOrigins(own: [WebOrigin("https://a.example")!], embedding: [WebOrigin("https://crm.example")!])
        #expect(origins.allows(host: "a.example") && origins.allows(host: "A.example:443"))
        #expect(!origins.allows(host: "crm.example") && !origins.allows(host: "a.example:8443") && !origins.allows(host: ""))
        #expect(origins.allows(origin: "https://a.example") && origins.allows(origin: "https://crm.example"))
        #expect(!origins.allows(origin: "http://a.example") && !origins.allows(origin: "null") && !origins.allows(origin: "https://a.example.evil"))
    }

    @Test("Without public URLs, loopback and the bound addresses are ours, at the port")
    func defaults() throws {
        let configuration = APIConfiguration(
            database: "", binds: [ListenAddress(host: "0.0.0.0", port: 8080), ListenAddress(host: "192.0.2.7", port: 8080)],
            bridgeURL: "", secret: [], build: "")
        let own = try configuration.origins().own.map(\.text)
        #expect(own == ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080", "http://192.0.2.7:8080"])
    }

    @Test("Port 0 is refused, and so is no address at all")
    func binds() {
        var configuration = APIConfiguration(database: "", binds: [], bridgeURL: "", secret: [], build: "")
        #expect(throws: APIConfigurationError.noAddress) { try configuration.validateBinds() }
        configuration.binds = [ListenAddress(host: "127.0.0.1", port: 0)]
        #expect(throws: ListenError.portMissing(host: "127.0.0.1")) { try configuration.validateBinds() }
    }
}
