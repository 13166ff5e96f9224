extension TortureCase {
    /// Section 3.1.2: wrong, each in one way.
    static let invalid: [TortureCase] = [
        // The Via cannot be told apart, so that there is nowhere to answer to.
        TortureCase(
            "3.1.2.1 badinv01", .silence, start: "INVITE sip:user@example.org SIP/2.0", replacing: ["Via"],
            ["Via: SIP/2.0/UDP 192.0.2.15;;,;,,", "Contact: \"K\" <sip:k@example.net>;;;;"]),
        TortureCase(
            "3.1.2.1 badinv01, only Contact", .answered(400), start: "INVITE sip:user@example.org SIP/2.0", ["Contact: \"K\" <sip:k@example.net>;;;;"]
        ),
        TortureCase("3.1.2.2 clerr", .answered(400), start: "INVITE sip:user@example.org SIP/2.0", ["Content-Length: 9999", "", "v=0"]),
        TortureCase("3.1.2.3 ncl", .answered(400), start: "INVITE sip:user@example.org SIP/2.0", ["Content-Length: -999", "", "v=0"]),
        TortureCase(
            "3.1.2.4 scalar02, CSeq", .answered(400), start: "REGISTER sip:example.org SIP/2.0", replacing: ["CSeq"],
            ["CSeq: 36893488147419103232 REGISTER"]),
        TortureCase(
            "3.1.2.4 scalar02, Max-Forwards", .answered(400), start: "REGISTER sip:example.org SIP/2.0", replacing: ["Max-Forwards"],
            ["Max-Forwards: 300"]),
        // What is too large in these is cut down by whoever grants a time.
        TortureCase(
            "3.1.2.4 scalar02, Expires", .request, start: "REGISTER sip:example.org SIP/2.0",
            ["Expires: 10000000000000000000000000000", "Contact: <sip:a@h>;expires=280297596632815"]),
        TortureCase(
            "3.1.2.5 scalarlg", .silence, start: "SIP/2.0 503 Service Unavailable", replacing: ["CSeq"],
            ["CSeq: 9292394834772304023312 OPTIONS", "Retry-After: 949302838503028349304023988"]),
        TortureCase(
            "3.1.2.5 scalarlg, Retry-After", .response, start: "SIP/2.0 503 Service Unavailable", ["Retry-After: 949302838503028349304023988"]),
        TortureCase(
            "3.1.2.6 quotbal", .answered(400), start: "INVITE sip:user@example.org SIP/2.0", replacing: ["To"],
            ["To: \"Mr. J. User <sip:j@example.org>"]),
        TortureCase("3.1.2.7 ltgtruri", .answered(400), start: "INVITE <sip:user@example.org> SIP/2.0"),
        TortureCase("3.1.2.8 lwsruri", .answered(400), start: "INVITE sip:user@example.org; lr SIP/2.0"),
        TortureCase("3.1.2.9 lwsstart", .answered(400), start: "INVITE  sip:user@example.org  SIP/2.0"),
        TortureCase("3.1.2.10 trws", .answered(400), start: "OPTIONS sip:user@example.org SIP/2.0  "),
        TortureCase("3.1.2.11 escruri", .answered(400), start: "INVITE sip:user@example.org?Route=%3Csip:example.net%3E SIP/2.0"),
        // The date is of no use to us, and its fault hurts nobody.
        TortureCase("3.1.2.12 baddate", .request, start: "INVITE sip:user@example.org SIP/2.0", ["Date: Fri, 01 Jan 2010 16:00:00 EST"]),
        TortureCase(
            "3.1.2.13 regbadct", .answered(400), start: "REGISTER sip:example.org SIP/2.0",
            ["Contact: sip:user@example.org?Route=%3Csip:sip.example.org%3E"]),
        TortureCase(
            "3.1.2.14 badaspec", .answered(400), start: "OPTIONS sip:user@example.org SIP/2.0", replacing: ["To"],
            ["To: \"Watt, J.\" < sip:j.watt@example.org >"]),
        TortureCase(
            "3.1.2.15 baddn", .answered(400), start: "OPTIONS sip:user@example.org SIP/2.0", replacing: ["From"],
            ["From: Bell, Alex <sip:a@example.org>;tag=43"]),
        TortureCase("3.1.2.16 badvers", .answered(505), start: "OPTIONS sip:user@example.org SIP/7.0"),
        TortureCase("3.1.2.17 mismatch01", .answered(400), start: "OPTIONS sip:user@example.org SIP/2.0", replacing: ["CSeq"], ["CSeq: 8 INVITE"]),
        TortureCase("3.1.2.18 mismatch02", .answered(400), start: "NEWMETHOD sip:user@example.org SIP/2.0", replacing: ["CSeq"], ["CSeq: 8 INVITE"]),
        TortureCase("3.1.2.19 bigcode", .silence, start: "SIP/2.0 4294967301 better not break the receiver"),
    ]
}
