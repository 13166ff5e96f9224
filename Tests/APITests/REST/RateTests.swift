import API
import Store
import Testing

@Suite("Rates and entity tags")
struct RateTests {
    @Test("A bucket admits a burst, then one for each token that is earned")
    func bucket() {
        var bucket = TokenBucket(capacity: 3, refill: .seconds(1), now: .seconds(100))
        let burst = (0..<4).map { _ in bucket.take(now: .seconds(100)) }
        #expect(burst == [true, true, true, false])
        #expect(bucket.untilNext(now: .milliseconds(100_400)) == .milliseconds(600))
        #expect(bucket.untilFull(now: .seconds(101)) == .seconds(2))
        let later = [bucket.take(now: .milliseconds(100_999)), bucket.take(now: .seconds(101)), bucket.take(now: .milliseconds(101_001))]
        #expect(later == [false, true, false])
        #expect(bucket.isFull(now: .seconds(104)))
        // A clock that jumps gives no more than the bucket holds.
        let rich = (0..<5).count { _ in bucket.take(now: .seconds(1_000_000_000)) }
        #expect(rich == 3)
    }

    @Test(
        "An If-Match is a star or a list of tags, and a weak one matches nothing",
        arguments: [
            ("*", VersionCondition.any), ("\"v3\"", .oneOf([3])), ("\"v3\", \"v4\"", .oneOf([3, 4])), ("\"x\"", .oneOf([])), ("W/\"v3\"", .oneOf([])),
            ("\"v03\"", .oneOf([])), ("\"v3\" , W/\"v4\"", .oneOf([3])),
        ])
    func tags(header: String, condition: VersionCondition) { #expect(EntityTag.condition(header) == condition) }

    @Test("What is no list of tags is none", arguments: ["", "v3", "\"v3", "\"v3\",", "3", ", ", "\""])
    func malformed(header: String) { #expect(EntityTag.condition(header) == nil) }

    @Test("A version's tag is read back")
    func roundTrip() {
        for version: Int64 in [1, 42, .max] { #expect(EntityTag.condition(EntityTag.text(version)) == .oneOf([version])) }
    }
}
