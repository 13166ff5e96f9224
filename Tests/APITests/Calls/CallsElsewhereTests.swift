import API
import Domain
import Testing

@Suite("News of calls at other processes' bridges")
struct CallsElsewhereTests {
    @Test("Each state is news once, and an ended call is followed no longer")
    func once() {
        var elsewhere = CallsElsewhere()
        let ringing = Samples.snapshot(.ringing)
        #expect(elsewhere.news(of: [ringing]) == [ringing])
        #expect(elsewhere.news(of: [ringing]).isEmpty)
        #expect(elsewhere.following == [ringing.id])
        let ended = Samples.snapshot(.ended)
        #expect(elsewhere.news(of: [ended]) == [ended])
        #expect(elsewhere.following.isEmpty)
    }
}
