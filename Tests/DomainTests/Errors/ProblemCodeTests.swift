import Domain
import Testing

@Suite("Problems")
struct ProblemCodeTests {
    @Test("Every code is a stable word and has a sentence", arguments: ProblemCode.allCases)
    func sentences(code: ProblemCode) {
        #expect(code.rawValue.utf8.allSatisfy { (97...122).contains($0) || $0 == UInt8(ascii: "_") })
        #expect(code.sentence.hasSuffix(".") && code.sentence.count < 160)
        #expect(Problem(code).sentence == code.sentence)
        #expect(Problem(code, "Other.").sentence == "Other.")
        // What only the caller can change does not change by itself, except by its own progress or others' leaving.
        #expect(
            !code.isRetryable || code.blame == .us
                || [.offerInFlight, .noMedia, .notAnswered, .roomFull, .roomLocked, .tooManyJoins, .tooManyMessages].contains(code))
    }

    @Test("The error frames of the protocol are all there")
    func protocolCodes() {
        let documented = """
            malformed_frame unknown_type not_joined already_joined invalid_room invalid_name invalid_load invalid_number \
            invalid_trunk invalid_key invalid_offer offer_in_flight no_media room_full room_locked too_many_joins too_many_messages unknown_participant \
            at_capacity unknown_call forbidden not_supported bridge_unavailable server_error already_fired
            """
        for code in documented.split(separator: " ") { #expect(ProblemCode(rawValue: String(code)) != nil) }
    }

    @Test("Every outcome has a sentence, and only those that say so are worth another call", arguments: CallOutcome.allCases)
    func outcomes(outcome: CallOutcome) {
        #expect(outcome.sentence.hasSuffix("."))
        #expect(outcome.isRetryable ? outcome.blame != nil && outcome.blame != .caller : true)
    }

    @Test(
        "A refusal of the bridge reaches the page as a problem",
        arguments: [
            (BridgeRefusal.unknownPeer, ProblemCode.notJoined), (.unknownCall, .unknownCall), (.roomFull, .roomFull), (.atCapacity, .atCapacity),
            (.invalidOffer, .invalidOffer), (.shuttingDown, .bridgeUnavailable), (.nobodyThere, .noMedia), (.internalError, .serverError),
        ])
    func refusals(refusal: BridgeRefusal, code: ProblemCode) {
        #expect(refusal.problem.code == code)
    }
}
