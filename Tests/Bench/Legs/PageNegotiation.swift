/// A page's offers, one in flight at a time: what the server wants meanwhile is offered after the answer.
struct PageNegotiation: Sendable {
    private(set) var offer: BrowserOffer
    private(set) var isAsking = true
    private var wanted = (audio: 0, video: 0)

    /// Begins with the first offer in flight.
    init(_ offer: BrowserOffer) { self.offer = offer }

    /// The server's `media` frame.
    /// - Returns: the offer to be sent, if any.
    mutating func want(audio: Int, video: Int) -> String? {
        wanted = (audio, video)
        return isAsking ? nil : next()
    }

    /// An answer came.
    /// - Returns: the offer to be sent, if any.
    mutating func answered() -> String? {
        isAsking = false
        return next()
    }

    private mutating func next() -> String? {
        guard offer.addSections(audio: wanted.audio, video: wanted.video) else { return nil }
        isAsking = true
        return offer.text
    }
}
