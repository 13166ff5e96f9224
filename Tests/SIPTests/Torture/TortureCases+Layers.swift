extension TortureCase {
    /// Sections 3.2 to 3.4: what reading has to leave to the layers above, and what it has not.
    static let layers: [TortureCase] = [
        TortureCase(
            "3.2.1 badbranch", .request, start: "OPTIONS sip:user@example.org SIP/2.0", replacing: ["Via"],
            ["Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK"]),
        TortureCase(
            "3.3.1 insuf", .silence, "INVITE sip:user@example.com SIP/2.0\nCSeq: 193942 INVITE\nVia: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKk\n\n"),
        TortureCase(
            "3.3.1 insuf, with Call-ID", .answered(400), start: "INVITE sip:user@example.org SIP/2.0", replacing: ["From", "To", "Max-Forwards"]),
        TortureCase("3.3.2 unkscm", .request, start: "OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0"),
        TortureCase("3.3.3 novelsc", .request, start: "OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0"),
        TortureCase(
            "3.3.4 unksm2", .request, start: "REGISTER sip:example.org SIP/2.0", replacing: ["To", "From"],
            ["To: isbn:2983792873", "From: <http://www.example.org>;tag=32", "Contact: <name:John_Smith>"]),
        TortureCase(
            "3.3.5 bext01", .request, start: "OPTIONS sip:user@example.org SIP/2.0",
            ["Require: nothingSupportsThis, nothingSupportsThisEither", "Proxy-Require: noProxiesSupportThis"]),
        TortureCase(
            "3.3.6 invut", .request, start: "INVITE sip:user@example.org SIP/2.0",
            ["Content-Type: application/unknownformat", "Content-Length: 3", "", "<a>"]),
        TortureCase("3.3.7 regaut01", .request, start: "REGISTER sip:example.org SIP/2.0", ["Authorization: NoOneKnowsThisScheme opaque-data=here"]),
        TortureCase(
            "3.3.8 multi01", .answered(400), start: "INVITE sip:user@example.org SIP/2.0",
            ["Via: SIP/2.0/UDP 192.0.2.25;branch=z9hG4bKb", "CSeq: 59 INVITE", "Max-Forwards: 5", "From: other <sip:o@example.net>;tag=3"]),
        TortureCase("3.3.9 mcl01", .answered(400), start: "OPTIONS sip:user@example.org SIP/2.0", ["Content-Length: 13", "Content-Length: 5"]),
        TortureCase(
            "3.3.10 bcast", .response, start: "SIP/2.0 200 OK",
            ["Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23", "Contact: <sip:user@198.51.100.1>"]),
        TortureCase("3.3.11 zeromf", .request, start: "OPTIONS sip:user@example.org SIP/2.0", replacing: ["Max-Forwards"], ["Max-Forwards: 0"]),
        TortureCase(
            "3.3.12 cparam01", .request, start: "REGISTER sip:example.org SIP/2.0", ["Contact: sip:+19725552222@gw1.example.net;unknownparam"]),
        TortureCase(
            "3.3.13 cparam02", .request, start: "REGISTER sip:example.org SIP/2.0", ["Contact: <sip:+19725552222@gw1.example.net;unknownparam>"]),
        TortureCase(
            "3.3.14 regescrt", .request, start: "REGISTER sip:example.org SIP/2.0",
            ["Contact: <sip:user@example.org?Route=%3Csip:sip.example.org%3E>"]),
        TortureCase("3.3.15 sdp01", .request, start: "INVITE sip:user@example.org SIP/2.0", ["Accept: text/nobodyKnowsThis"]),
        TortureCase(
            "3.4.1 inv2543", .request,
            """
            INVITE sip:UserB@example.org SIP/2.0
            Via: SIP/2.0/UDP iftgw.example.com
            From: <sip:+13035551111@ift.client.example.net;user=phone>
            Record-Route: <sip:UserB@example.org;maddr=ss1.example.org>
            To: sip:+16505552222@ss1.example.net;user=phone
            Call-ID: 1717@ift.client.example.com
            CSeq: 56 INVITE
            Content-Type: application/sdp

            v=0
            """),
    ]
}
