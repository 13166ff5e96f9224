import API
import Domain
import Testing

@Suite("Client frames")
struct ClientFrameTests {
    static let load = "0123456789abcdef0123456789abcdef"

    /// One valid frame of every kind, with what it means.
    static let valid: [(text: String, frame: ClientFrame)] = [
        (
            #"{"type":"join","room":"team-standup","name":"Stefan","load":"\#(load)"}"#,
            .join(JoinFrame(room: RoomSlug("team-standup")!, name: DisplayName("Stefan")!, load: LoadID(load)!))
        ),
        (
            #"{"type":"join","room":"a","name":"Ω","load":"copy-\#(load)","resume":"abc","link":null}"#,
            .join(JoinFrame(room: RoomSlug("a")!, name: DisplayName("Ω")!, load: LoadID("copy-" + load)!, resume: "abc"))
        ),
        (#"{"type":"signal","description":{"type":"offer","sdp":"v=0\r\n"}}"#, .offer(sdp: "v=0\r\n")),
        (#"{"type":"signal","candidate":{"candidate":"candidate:1 1 UDP 1 127.0.0.1 9 typ host","sdpMid":"0"}}"#, .candidate),
        (#"{"type":"signal","candidate":null}"#, .candidate),
        (#"{"type":"join","load":"\#(load)","link":"\#(load)"}"#, .join(JoinFrame(room: nil, name: nil, load: LoadID(load)!, slug: LinkSlug(load)))),
        (#"{"type":"dial","link":"\#(load)","key":"k-345678"}"#, .dial(DialFrame(.link(LinkSlug(load)!), key: DialKey("k-345678")))),
        (#"{"type":"dial","number":"600"}"#, .dial(DialFrame(target: .short("600")))),
        (
            #"{"type":"dial","number":" 4915157610183","trunk":"tr_4194b9eab3de","origin":"user","key":"k-345678"}"#,
            .dial(DialFrame(target: .e164("+4915157610183"), trunk: TrunkID("tr_4194b9eab3de"), origin: .user, key: DialKey("k-345678")))
        ),
        (#"{"type":"hangup","call":"ca_0123456789abcdef01234567"}"#, .hangup(CallID("ca_0123456789abcdef01234567")!)),
        (
            #"{"type":"dtmf","call":"ca_0123456789abcdef01234567","digits":"1*#Dw"}"#,
            .dtmf(CallID("ca_0123456789abcdef01234567")!, DTMFDigits("1*#Dw")!)
        ),
        (#"{"type":"update","microphone":true,"camera":false}"#, .update(Switches(microphone: true, camera: false))),
        (#"{"type":"update","microphone":true,"camera":true,"screen":true}"#, .update(Switches(microphone: true, camera: true, screen: true))),
        (#"{"type":"view","show":[]}"#, .view([])),
        (#"{"type":"leave"}"#, .leave),
        (#" { "type" : "ping" } "#, .ping),
    ]

    @Test("Every kind of frame is read", arguments: valid.indices)
    func read(index: Int) throws {
        let (text, frame) = Self.valid[index]
        #expect(try ClientFrame.decode(Array(text.utf8)) == frame)
    }

    @Test("A frame that was cut off anywhere is malformed", arguments: valid.indices)
    func cutOff(index: Int) {
        let bytes = Array(Self.valid[index].text.trimming().utf8)
        for length in 0..<bytes.count {
            #expect(code(of: Array(bytes[..<length])) == .malformedFrame, "\(length) bytes")
        }
    }

    @Test("A frame with any one byte changed is read or refused with a sentence", arguments: valid.indices)
    func mutated(index: Int) {
        let bytes = Array(Self.valid[index].text.utf8)
        var outcomes = (read: 0, refused: 0)
        for position in bytes.indices {
            for value in UInt8.min ... .max where value != bytes[position] {
                var changed = bytes
                changed[position] = value
                do {
                    _ = try ClientFrame.decode(changed)
                    outcomes.read += 1
                } catch {
                    #expect(!error.problem.sentence.isEmpty)
                    outcomes.refused += 1
                }
            }
        }
        #expect(outcomes.read + outcomes.refused > bytes.count * 254)
        #expect(outcomes.refused > 0)
    }

    @Test(
        "What is wrong with a frame is named by its code",
        arguments: [
            ("[]", .malformedFrame), ("42", .malformedFrame), (#"{"type":42}"#, .malformedFrame), (#"{"room":"a"}"#, .malformedFrame),
            (#"{"type":"fly"}"#, .unknownType), (#"{"type":"accept","call":"x"}"#, .notSupported),
            (#"{"type":"ping","extra":1}"#, .malformedFrame), (#"{"type":"update","microphone":1,"camera":false}"#, .malformedFrame),
            (#"{"type":"join","name":"a","load":"x"}"#, .malformedFrame),
            (#"{"type":"join","room":"a b","name":"a","load":"\#(load)"}"#, .invalidRoom),
            (#"{"type":"join","room":"a","name":" ","load":"\#(load)"}"#, .invalidName),
            (#"{"type":"join","room":"a","name":"a","load":"\#(load.uppercased())"}"#, .invalidLoad),
            (#"{"type":"signal"}"#, .malformedFrame),
            (#"{"type":"signal","description":{"type":"answer","sdp":""}}"#, .invalidOffer),
            (#"{"type":"dial","number":"600","trunk":"tr_1"}"#, .invalidTrunk), (#"{"type":"dial","number":"600","key":"k"}"#, .invalidKey),
            (#"{"type":"dial","number":"600","origin":"robot"}"#, .malformedFrame), (#"{"type":"dial","link":"abc"}"#, .unknownLink),
            (#"{"type":"dial","link":"\#(load)","number":"600"}"#, .malformedFrame),
            (#"{"type":"join","link":"x","load":"\#(load)"}"#, .malformedFrame),
            (#"{"type":"hangup","call":"ca_1"}"#, .unknownCall), (#"{"type":"dtmf","call":"ca_1","digits":"1"}"#, .unknownCall),
            (#"{"type":"dtmf","call":"ca_0123456789abcdef01234567"}"#, .malformedFrame),
            (#"{"type":"dtmf","call":"ca_0123456789abcdef01234567","digits":""}"#, .malformedFrame),
            (#"{"type":"dtmf","call":"ca_0123456789abcdef01234567","digits":"1 2"}"#, .malformedFrame),
            (#"{"type":"dtmf","call":"ca_0123456789abcdef01234567","digits":"\#(String(repeating: "1", count: 33))"}"#, .malformedFrame),
            (#"{"type":"dtmf","call":"ca_0123456789abcdef01234567","digits":"1","now":true}"#, .malformedFrame),
        ] as [(String, ProblemCode)])
    func wrong(text: String, expected: ProblemCode) {
        #expect(code(of: Array(text.utf8)) == expected)
    }

    @Test("A number that is none is FraudGuard's to refuse", arguments: ["nobody", "0049301234567", "112", ""])
    func unreadable(number: String) throws {
        let frame = try ClientFrame.decode(Array(#"{"type":"dial","number":"\#(number)"}"#.utf8))
        #expect(frame == .dial(DialFrame(target: .unreadable(number))))
    }

    @Test("The fault of a dial carries its key, so that the page can match it")
    func keyOfFault() {
        let text = #"{"type":"dial","number":"600","trunk":"tr_1","key":"k-345678"}"#
        #expect(throws: SignalFault(.invalidTrunk, about: "dial", key: DialKey("k-345678"))) { try ClientFrame.decode(Array(text.utf8)) }
    }

    @Test("Nesting is bounded before a decoder recurses into it")
    func nesting() {
        let deep = String(repeating: "[", count: 60_000)
        #expect(code(of: Array(#"{"type":"signal","candidate":\#(deep)"#.utf8)) == .malformedFrame)
        let brackets = String(repeating: "[{", count: 200)
        #expect(throws: Never.self) {
            try ClientFrame.decode(Array(#"{"type":"signal","candidate":{"a":"\#(brackets)"}}"#.utf8))
        }
    }

    @Test("A frame of exactly 64 KiB is read, one byte more is not")
    func size() throws {
        let frame = #"{"type":"ping"}"#
        let padding = String(repeating: " ", count: 64 * 1024 - frame.utf8.count)
        #expect(try ClientFrame.decode(Array((frame + padding).utf8)) == .ping)
        #expect(code(of: Array((frame + padding + " ").utf8)) == .malformedFrame)
    }

    @Test("Bytes that are no UTF-8 are refused")
    func encoding() {
        #expect(code(of: Array(#"{"type":"ping"#.utf8) + [0xFF] + Array(#""}"#.utf8)) == .malformedFrame)
    }

    private func code(of bytes: [UInt8]) -> ProblemCode? {
        do {
            _ = try ClientFrame.decode(bytes)
            return nil
        } catch {
            return error.problem.code
        }
    }
}

extension String {
    fileprivate func trimming() -> String { String(drop(while: { $0 == " " }).reversed().drop(while: { $0 == " " }).reversed()) }
}
