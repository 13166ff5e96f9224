/// The hours of a day, and the days of a week, in which calls are possible; by the clock of the zone in which days are counted.
public struct OpeningHours: Sendable, Equatable {
    /// A day of the week; the number is ISO 8601's.
    public enum Weekday: String, Codable, Sendable, CaseIterable {
        case monday = "mon"
        case tuesday = "tue"
        case wednesday = "wed"
        case thursday = "thu"
        case friday = "fri"
        case saturday = "sat"
        case sunday = "sun"

        /// 1 for Monday to 7 for Sunday.
        public var number: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }
    }

    /// Minutes after midnight, 0–1439.
    public let opens: Int
    /// Minutes after midnight, 1–1440. If it is not after `opens` it is on the next day, which then counts to the day before.
    public let closes: Int
    /// The days on which it opens.
    public let weekdays: Set<Weekday>

    /// `nil` for no minutes of a day, or no day.
    public init?(opens: Int, closes: Int, weekdays: Set<Weekday> = Set(Weekday.allCases)) {
        guard (0...1_439).contains(opens), (1...1_440).contains(closes), opens != closes, !weekdays.isEmpty else { return nil }
        self.opens = opens
        self.closes = closes
        self.weekdays = weekdays
    }

    /// Reads `08:00-18:00`; `00:00-24:00` is the whole day, `22:00-06:00` goes over midnight.
    public init?(_ text: String, weekdays: Set<Weekday> = Set(Weekday.allCases)) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let opens = Self.minutes(parts[0]), let closes = Self.minutes(parts[1]) else { return nil }
        self.init(opens: opens, closes: closes, weekdays: weekdays)
    }

    public var text: String { Self.text(opens) + "-" + Self.text(closes) }

    /// Monday first.
    public var weekdayList: [Weekday] { Weekday.allCases.filter(weekdays.contains) }

    /// Minutes from midnight to the end, beyond 1440 if that is on the next day.
    public var length: (opens: Int, closes: Int) { (opens, closes > opens ? closes : closes + 1_440) }

    private static func minutes(_ text: Substring) -> Int? {
        let utf8 = Array(text.utf8)
        guard utf8.count == 5, utf8[2] == UInt8(ascii: ":"), [0, 1, 3, 4].allSatisfy({ (48...57).contains(utf8[$0]) }) else { return nil }
        let (hour, minute) = (Int(utf8[0] - 48) * 10 + Int(utf8[1] - 48), Int(utf8[3] - 48) * 10 + Int(utf8[4] - 48))
        guard minute < 60, hour < 24 || (hour == 24 && minute == 0) else { return nil }
        return hour * 60 + minute
    }

    private static func text(_ minutes: Int) -> String {
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return padded(minutes / 60) + ":" + padded(minutes % 60)
    }
}

/// One stretch of open time, as instants: who knows the zone has made them, so that a day on which the clocks change is as long as it is.
public struct OpenTime: Sendable, Equatable {
    /// Milliseconds since 1970 UTC.
    public var from: Int64
    public var until: Int64

    public init(from: Int64, until: Int64) {
        self.from = from
        self.until = until
    }
}

extension FraudGuard {
    /// Asks the hours: of the rules with one scope one must be open, and so it must be for each scope that covers the dial.
    ///
    /// - Parameter openTimes: of a rule, from the day before `now` to a week later.
    public static func hours<Failure: Error>(
        _ groups: [GuardRules.HoursOfScope], now: Int64, openTimes: (OpeningHours) throws(Failure) -> [OpenTime]
    ) throws(Failure) -> [GuardStep] {
        var steps: [GuardStep] = []
        for group in groups {
            var times: [OpenTime] = []
            for hours in group.hours { times += try openTimes(hours) }
            if times.contains(where: { $0.from <= now && now < $0.until }) {
                steps.append(GuardStep(.hours, "Calls are possible at this hour."))
                continue
            }
            let next = times.filter { $0.from < $0.until }.map(\.from).filter { $0 > now }.min()
            steps.append(
                GuardStep(
                    refusal: GuardRefusal(rule: .hours, resetsAt: next, text: "Such calls are not possible at this hour. Try again later."),
                    rule: group.rule))
            return steps
        }
        return steps
    }
}
