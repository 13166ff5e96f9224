/// Messages as telephones and trunks send them.
enum Samples {
    static let invite = wire(
        #"""
        INVITE sip:+4930123456@trunk.example.net;user=phone SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK74bf9;rport
        Max-Forwards: 70
        Route: <sip:edge.example.net;lr>
        From: "Ann \"A\" Lee" <sip:610@192.0.2.10>;tag=9fxced76sl
        To: <sip:+4930123456@trunk.example.net>
        Call-ID: 3848276298220188511@192.0.2.10
        CSeq: 1 INVITE
        Contact: <sip:610@192.0.2.10:5060;transport=udp>
        Content-Type: application/sdp
        Content-Length: 10

        v=0
        o=- 1
        """#)

    static let success = wire(
        """
        SIP/2.0 200 OK
        Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK74bf9;rport=5060;received=192.0.2.10
        Record-Route: <sip:edge.example.net;lr>, <sip:[2001:db8::9]:5062;lr>
        From: "Ann" <sip:610@192.0.2.10>;tag=9fxced76sl
        To: <sip:+4930123456@trunk.example.net>;tag=8321234356
        Call-ID: 3848276298220188511@192.0.2.10
        CSeq: 1 INVITE
        Contact: <sip:gw@198.51.100.7:5080>
        Reason: Q.850;cause=16;text="Normal"
        Content-Length: 0


        """)

    static let unauthorized = wire(
        """
        SIP/2.0 401 Unauthorized
        Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK74bf9
        From: <sip:610@example.org>;tag=9fxced76sl
        To: <sip:610@example.org>;tag=1
        Call-ID: 1j9FpLxk3uxtm8tn@192.0.2.10
        CSeq: 1 REGISTER
        WWW-Authenticate: Digest realm="example.org", nonce="84a4cc6f3082121f32b42a2187831a9e", algorithm=SHA-256, qop="auth,auth-int", stale=TRUE
        WWW-Authenticate: Digest realm="example.org", nonce="84a4cc6f3082121f32b42a2187831a9e", opaque="5ccc"
        Content-Length: 0


        """)

    static let register = wire(
        """
        REGISTER sip:example.org SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bKnashds7;rport
        Max-Forwards: 70
        From: <sip:610@example.org>;tag=456248
        To: <sip:610@example.org>
        Call-ID: 843817637684230@998sdasdh09
        CSeq: 1826 REGISTER
        Contact: <sip:610@192.0.2.10:5060>;expires=600;q=0.7, <sip:610@[2001:db8::7]>
        Authorization: Digest username="610", realm="example.org", nonce="abc", uri="sip:example.org", response="0123456789abcdef0123456789abcdef", qop=auth, nc=00000001, cnonce="0a4f113b"
        Expires: 3600
        Content-Length: 0


        """)
}
