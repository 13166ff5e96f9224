import Domain
import Testing

@Suite("Whom a dial means")
struct DialTargetTests {
    @Test(
        "A number is read in every form that people write",
        arguments: [
            ("+4915157610183", DialTarget.e164("+4915157610183")), ("+49 151 / 5761-0183", .e164("+4915157610183")),
            ("(+49) 151.57610183", .e164("+4915157610183")), (" +49 151 57610183 ", .e164("+4915157610183")),
            (" 4915157610183", .e164("+4915157610183")), (" 49 151 57610183", .e164("+4915157610183")), ("  35621223531", .e164("+35621223531")),
            (" (356) 2122-3531", .e164("+35621223531")),
            ("+1234567", .e164("+1234567")), ("+123456789012345", .e164("+123456789012345")),
            ("610", .short("610")), (" 610", .short("610")), ("6-1-0", .short("610")), ("(42)", .short("42")), ("123456", .short("123456")),
            ("600", .short("600")), ("601", .short("601")), ("0815", .short("0815")),
        ])
    func read(text: String, target: DialTarget) throws {
        #expect(try DialTarget(parsing: text) == target)
        #expect(try DialTarget(parsing: target.text) == target)
    }

    @Test(
        "What is not a number is not guessed",
        arguments: [
            "", " ", "+", "7", "004915157610183", "+004915157610183", " 004915157610183", "015157610183", "4915157610183", "1234567",
            "+0301234567", "+123456", "+610", "+1234567890123456", " 1234567890123456", "++4915157610183", "+49+15157610183", "49 +15157610183",
            "+49 (0)151 57610183", "+4915157610183x", "+49\t15157610183", "٦١٠", "６１０", "+49\u{a0}15157610183", "sip:610@example.com", "610\u{0}",
            "610\u{301}", "0x12", "6,1", "+" + String(repeating: " ", count: 64) + "4915157610183",
        ])
    func refused(text: String) {
        #expect(throws: DialTargetError.invalidNumber) { try DialTarget(parsing: text) }
    }

    @Test(
        "Emergency numbers of any country are refused, however they are written",
        arguments: [
            "112", "911", "999", "110", "000", "08", "119", "111", "995", "113", "100", "102", "190", "15", "17", "18", "061", "1122", "10111",
            "90000",
            "1300", "1399", " 112", "1-1-2", "(9)(1)(1)", "+112", "+49112", "+49 110", "+1911", "+27 10111", "+4690000", "+2411355", "+968 9999",
        ])
    func emergency(text: String) {
        #expect(throws: DialTargetError.emergencyNumber) { try DialTarget(parsing: text) }
    }

    @Test("Few short numbers are lost to emergencies: the built-in ones and whole ranges of extensions stay")
    func extensionsStay() {
        let lost = (10...999).map(String.init).filter { EmergencyNumbers.contains(short: $0) }
        #expect(lost.count < 140)
        #expect(!(200...210).contains { EmergencyNumbers.contains(short: String($0)) })
        #expect(!(600...665).contains { EmergencyNumbers.contains(short: String($0)) })
        #expect(!(2000...2610).contains { EmergencyNumbers.contains(short: String($0)) })
    }

    @Test(
        "Guests see enough to tell two callers apart",
        arguments: [
            ("+4915157610183", "+4915•••••183"), ("+35621223531", "+3562•••••531"), ("+1234567", "+12•••••7"), ("+123456789", "+123•••••89"),
            ("+123456789012345", "+1234•••••345"),
        ])
    func masks(number: String, guests: String) {
        #expect(DialTarget.e164(number).maskedForGuests == guests)
    }

    @Test("A mask never shows more than all but four digits, and never tells the length")
    func masksHide() {
        for count in 1...15 {
            let target = DialTarget.e164("+" + String("123456789012345".prefix(count)))
            let mask = target.maskedForGuests
            #expect(mask.utf8.count(where: { (48...57).contains($0) }) <= max(0, count - 4))
            #expect(mask.count(where: { $0 == "•" }) == 5)
        }
        #expect(DialTarget.short("610").maskedForGuests == "610")
    }
}
