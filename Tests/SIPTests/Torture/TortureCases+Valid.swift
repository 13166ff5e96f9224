extension TortureCase {
    /// Section 3.1.1: unusual, and right.
    static let valid: [TortureCase] = [
        TortureCase(
            "3.1.1.1 wsinv", .request,
            #"""
            INVITE sip:user@example.org;unknownparam SIP/2.0
            tO :
             sip:user@example.org ;   tag    = 77a81
            fRoM   : "K. Holder \\\""       <sip:k@example.net>
              ;
              tag = 65kd
            mAX-fORWARDS: 0051
            Call-ID: fold.1@192.0.2.44
            Content-Length   : 3
            cseq: 0012
              INVITE
            Via  : SIP  /   2.0
             /UDP
                192.0.2.44;branch=oldstyle
            s :
            Unheard-Of:   one
             more line	of it
            Separators-Only: ;;,,;;,;
            Content-Type: application/sdp
            Route:
             <sip:way.example.org;lr;with=value;without>
            v:  SIP  / 2.0  / TCP     hop.example.net   ;
              branch  =   z9hG4bK9k8  ,
             SIP  /    2.0   / UDP  10.0.255.1   ; branch=
             z9hG4bK44
            m:"In \"quotes\"" <sip:k@example.net> ; new =
                  value ;
              flag ; q = 0.33

            v=0
            """#),
        TortureCase(
            "3.1.1.2 intmeth", .request,
            #"""
            M3th.od!*+`%'~_- sip:all~of(it)-!.*'&=+$,;?/:a&b=c+$,~(x)@example.org SIP/2.0
            Via: SIP/2.0/UDP host-1.example.net;branch=z9hG4bK-.!%66*_+`'~
            To: "BEL:\[07] NUL:\[00] DEL:\[7F]" <sip:1_(odd)?,/;;*:&it+has=1,$wo~d_too@example.org>
            From: tok-1~` tok'2+_ tok*3%!.- <sip:plain@example.net>;par''~+*_!.-%="работа";tag=_t~1'+`*%!-.
            Call-ID: w%ZK-!.*_+'@w`~)(><:\/"][?}{
            CSeq: 139122385 M3th.od!*+`%'~_-
            Max-Forwards: 255
            x-!.%*+_`'~: 大停電
            Content-Length: 0


            """#.replacing("[07]", with: "\u{7}").replacing("[00]", with: "\0").replacing("[7F]", with: "\u{7F}")),
        TortureCase(
            "3.1.1.3 esc01", .request, start: "INVITE sip:sips%3Auser%40example.org@example.net SIP/2.0", replacing: ["To"],
            ["To: sip:%75se%72@example.org", "Contact: <sip:c%61ller@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>"]),
        TortureCase(
            "3.1.1.4 escnull", .request, start: "REGISTER sip:example.org SIP/2.0", replacing: ["To", "From"],
            [
                "To: sip:null-%00-null@example.org", "From: sip:null-%00-null@example.org;tag=83",
                "Contact: <sip:%00@host5.example.org>, <sip:%00%00@host5.example.org>",
            ]),
        TortureCase(
            "3.1.1.5 esc02", .request, start: "OPT%49ON%53 sip:user@example.org SIP/2.0", replacing: ["To"],
            ["To: \"%Z%45\" <sip:user@example.org>", "Contact: <sip:a@host5.example.org>, <sip:%42@h>", "%4DContact: <sip:c@host5.example.org>"]),
        TortureCase(
            "3.1.1.6 lwsdisp", .request, start: "OPTIONS sip:user@example.org SIP/2.0", replacing: ["From"],
            ["From: caller<sip:caller@example.org>;tag=32"]),
        TortureCase(
            "3.1.1.7 longreq", .request, start: "INVITE sip:user@example.org SIP/2.0", replacing: ["Via", "To", "From", "Call-ID"],
            [
                "To: \"\(String(repeating: "long ", count: 100))\" <sip:\(String(repeating: "user", count: 100))@\(String(repeating: "sub.", count: 40))example.org:6000;\(String(repeating: "p", count: 300))=1>",
                "F: sip:\(String(repeating: "c", count: 300))@example.net;tag=\(String(repeating: "t", count: 400));\(String(repeating: "n", count: 200))=\(String(repeating: "v", count: 200))",
                "Call-ID: \(String(repeating: "id", count: 200))",
                "\(String(repeating: "Unknown-", count: 20))Name: \(String(repeating: "value-", count: 500))",
                "V: "
                    + (1...34).map { "SIP/2.0/UDP hop\($0).example.net;branch=z9hG4bK\(String(repeating: "b", count: 150))" }.joined(separator: ", "),
            ]),
        TortureCase(
            "3.1.1.8 dblreq", .request, start: "REGISTER sip:example.org SIP/2.0", ["Content-Length: 0", "", "INVITE sip:second@example.org SIP/2.0"]),
        TortureCase("3.1.1.9 semiuri", .request, start: "OPTIONS sip:user;par=u%40example.net@example.org SIP/2.0"),
        TortureCase(
            "3.1.1.10 transports", .request, start: "OPTIONS sip:user@example.org SIP/2.0", replacing: ["Via"],
            ["UDP", "SCTP", "TLS", "UNHEARDOF", "TCP"].map { "Via: SIP/2.0/\($0) t\($0).example.net;branch=z9hG4bK\($0)" }),
        TortureCase(
            "3.1.1.11 mpart01", .request, start: "MESSAGE sip:user@example.org SIP/2.0",
            ["Content-Type: multipart/mixed;boundary=7a9cb", "", "--7a9cb", "Content-Transfer-Encoding: binary", "", "\0\u{1}\u{FF}\rx", "--7a9cb--"]),
        TortureCase("3.1.1.12 unreason", .response, start: "SIP/2.0 200 = 2**3 * 5**2 но не сто"),
        TortureCase("3.1.1.13 noreason", .response, start: "SIP/2.0 100 ", ["Content-Length: 0"]),
    ]
}
