/// The measures of the choice, in decibels above silence (0…127, the reverse of −dBov) and frames of 20 ms.
enum SelectionMeasure {
    /// A challenger must be this much louder than who it replaces.
    static let hysteresis: Float = 6
    /// Quieter than this (−60 dBov) nobody is a speaker.
    static let floor: Float = 67
    /// A claim may exceed what is heard by this much: levels are measured over other stretches of time.
    static let tolerance: Float = 10
    /// How long a source is heard before its claim is judged, and a turn of the second challenger.
    static let judgement = 10
    /// Of the way to a louder level in each frame, and to a quieter one (about 0.6 s).
    static let rise: Float = 0.3
    static let fall: Float = 0.03
    /// What is left of a lost credit after a frame (half after 14 s), and of a loudness that is no longer listened to (1.4 s).
    static let forgiving: Float = 0.999
    static let forgetting: Float = 0.99
}

extension SpeakerSelection {
    struct Entry: Sendable {
        let source: Source
        var isSelected = false
        var isCandidate = false
        /// As decoded, smoothed.
        private(set) var loudness: Float = 0
        private var claimed: Float = 0
        /// By how much this source's claims exceed what it delivers.
        private var lostCredit: Float = 0
        private var heardInFrame = Int.min
        private var framesHeard = 0

        init(source: Source) {
            self.source = source
        }

        /// How loud it may be, as far as its word is good.
        var believed: Float {
            max(loudness, claimed - lostCredit)
        }

        func wasHeard(inFrame frame: Int) -> Bool {
            heardInFrame == frame
        }

        mutating func claim(_ level: AudioLevel) {
            claimed = Self.smooth(claimed, towards: level)
        }

        mutating func hear(_ level: AudioLevel, inFrame frame: Int) {
            framesHeard = heardInFrame >= frame - 1 ? framesHeard + 1 : 1
            heardInFrame = frame
            loudness = Self.smooth(loudness, towards: level)
            if framesHeard >= SelectionMeasure.judgement, claimed - loudness > SelectionMeasure.tolerance {
                lostCredit = max(lostCredit, claimed - loudness)
            }
        }

        mutating func age() {
            lostCredit *= SelectionMeasure.forgiving
            if !isCandidate {
                loudness *= SelectionMeasure.forgetting
            }
        }

        /// Whether its turn to be listened to comes before the other's: who is in the middle of one, then who waited longest.
        func precedes(_ other: Entry, inFrame frame: Int) -> Bool {
            let isInTurn = heardInFrame == frame - 1 && framesHeard < SelectionMeasure.judgement
            let otherIsInTurn = other.heardInFrame == frame - 1 && other.framesHeard < SelectionMeasure.judgement
            guard isInTurn == otherIsInTurn else { return isInTurn }
            return isInTurn ? framesHeard > other.framesHeard : heardInFrame < other.heardInFrame
        }

        private static func smooth(_ value: Float, towards level: AudioLevel) -> Float {
            let target = Float(127 - level.decibelsBelowOverload)
            return value + (target - value) * (target > value ? SelectionMeasure.rise : SelectionMeasure.fall)
        }
    }
}
