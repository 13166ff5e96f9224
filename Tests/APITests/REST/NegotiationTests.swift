import API
import Testing

@Suite("Negotiation and names of requests")
struct NegotiationTests {
    @Test(
        "The most specific range of an Accept decides",
        arguments: [
            (nil, true), ("*/*", true), ("application/*;q=0.1", true), ("application/json;q=0, */*", false),
            ("application/*;q=0, application/json", true),
            ("text/html", false), ("", false), (";;;,,,", false), ("APPLICATION/JSON ; Q=0.5", true),
        ] as [(String?, Bool)])
    func accepts(header: String?, isTaken: Bool) { #expect(Negotiation.accepts("application/json", header) == isTaken) }

    @Test(
        "gzip is for who asks for it",
        arguments: [
            (nil, false), ("", false), ("gzip", true), ("x-gzip", true), ("br, gzip;q=0.1", true), ("gzip;q=0, *", false), ("*", true),
            ("*;q=0", false),
        ] as [(String?, Bool)])
    func gzip(header: String?, isTaken: Bool) { #expect(Negotiation.acceptsGzip(header) == isTaken) }

    @Test(
        "A request may bring its name, if that is plain",
        arguments: ["a", "7c9e6679-7425-40de-944b-e07fc1f90ae7", "x.y_z", String(repeating: "x", count: 64)])
    func names(text: String) { #expect(RequestID(text)?.text == text) }

    @Test("A name that could do harm in a log is none", arguments: ["", "a b", "a\nb", "ä", "a\"", String(repeating: "x", count: 65)])
    func noNames(text: String) { #expect(RequestID(text) == nil) }
}
