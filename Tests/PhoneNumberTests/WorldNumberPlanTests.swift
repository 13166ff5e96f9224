import Domain
import PhoneNumber
import Testing

@Suite("The numbering plans of the world")
struct WorldNumberPlanTests {
    @Test(
        "A number has its region and its type",
        arguments: [
            ("+4930901820", NumberProfile(isValid: true, region: "DE", type: .fixedLine)),
            ("+4915157610183", NumberProfile(isValid: true, region: "DE", type: .mobile)),
            ("+35621223531", NumberProfile(isValid: true, region: "MT", type: .fixedLine)),
            ("+12125550123", NumberProfile(isValid: true, region: "US", type: .fixedLineOrMobile)),
            ("+449098790000", NumberProfile(isValid: true, region: "GB", type: .premiumRate)),
            ("+491805123456", NumberProfile(isValid: true, region: "DE", type: .sharedCost)),
            ("+498001234567", NumberProfile(isValid: true, region: "DE", type: .tollFree)),
        ])
    func profile(number: String, expected: NumberProfile) {
        #expect(WorldNumberPlan().profile(of: number) == expected)
    }

    @Test("Freephone numbers of no country are valid and have no region")
    func world() {
        #expect(WorldNumberPlan().profile(of: "+80012345678") == NumberProfile(isValid: true, region: nil, type: .tollFree))
    }

    @Test("What cannot exist is not valid", arguments: ["+1234567", "+49", "+999123456789", "", "+", "600", "\u{0}", "+49\u{0}30901820"])
    func invalid(number: String) {
        #expect(WorldNumberPlan().profile(of: number) == .none)
    }

    @Test(
        "A national prefix behind the country code makes another spelling of a number, and no number",
        arguments: ["+49030901820", "+112125550123", "+4407911123456", "+49 30 901820", "+49-30901820"])
    func spelling(number: String) {
        #expect(WorldNumberPlan().profile(of: number) == .none)
    }

    @Test("A zero that belongs to the number stays", arguments: ["+390236618300"])
    func leadingZero(number: String) {
        #expect(WorldNumberPlan().profile(of: number) == NumberProfile(isValid: true, region: "IT", type: .fixedLine))
    }

    @Test("Every emergency number that the plans know is on our own list, and is known as one")
    func emergencies() {
        let plan = WorldNumberPlan()
        for number in ["112", "911", "999", "110", "000", "119", "1122"] { #expect(plan.isEmergency(short: number)) }
        #expect(!plan.isEmergency(short: "600") && !plan.isEmergency(short: "610"))
        let missing = (10...9_999).map(String.init).filter { plan.isEmergency(short: $0) && !EmergencyNumbers.contains(short: $0) }
        #expect(missing == [])
    }

    @Test("Many threads at once get the same answers")
    func threads() async {
        let profiles = await withTaskGroup { group in
            for _ in 0..<64 { group.addTask { WorldNumberPlan().profile(of: "+449098790000") } }
            return await group.reduce(into: Set<String>()) { $0.insert("\($1)") }
        }
        #expect(profiles.count == 1)
    }
}
