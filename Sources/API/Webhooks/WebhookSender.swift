import Domain
import LibCurl
import Store

/// Makes one try: signs the message as of now, sends it, and says what came of it.
package struct WebhookSender: Sendable {
    /// Bytes of an answer that the log keeps.
    private static let excerptLimit = 1_024

    package let client: CurlClient
    package let allowsPlainHTTP: Bool

    package init(client: CurlClient, allowsPlainHTTP: Bool) {
        self.client = client
        self.allowsPlainHTTP = allowsPlainHTTP
    }

    /// `nil` if the try could not be made here: the process is going, or has no place for it.
    package func send(_ delivery: ClaimedDelivery, now: Int64) async -> DeliveryAttempt? {
        guard !delivery.secrets.isEmpty || !delivery.keys.isEmpty else {
            return DeliveryAttempt(at: now, milliseconds: 0, answer: .failed(.unsigned))
        }
        let signature = WebhookSignature(id: delivery.event, body: delivery.body, now: now, secrets: delivery.secrets, keys: delivery.keys)
        let post = HTTPPost(
            url: delivery.url, headers: [("content-type", "application/json")] + signature.headers, body: delivery.body,
            allowsPlainHTTP: allowsPlainHTTP)
        let began = ContinuousClock.now
        func attempt(_ answer: DeliveryAnswer, _ body: [UInt8] = []) -> DeliveryAttempt {
            let milliseconds = (ContinuousClock.now - began) / .milliseconds(1)
            return DeliveryAttempt(
                at: now, milliseconds: Int64(milliseconds), answer: answer, excerpt: String(decoding: body.prefix(Self.excerptLimit), as: UTF8.self))
        }
        do throws(HTTPFailure) {
            let answer = try await client.send(post)
            return attempt(.status(answer.status, retryAfterSeconds: answer.retryAfterSeconds), answer.body)
        } catch {
            return Self.failure(error).map { attempt(.failed($0)) }
        }
    }

    private static func failure(_ failure: HTTPFailure) -> DeliveryAnswer.Failure? {
        switch failure {
        case .cancelled, .exhausted: nil
        case .unresolved: .unresolved
        case .refusedAddress: .refusedAddress
        // A URL that only libcurl cannot use leads nowhere.
        case .unreachable, .malformedRequest: .unreachable
        case .untrusted: .untrusted
        case .timedOut: .timedOut
        case .malformedAnswer: .malformed
        case .interrupted: .interrupted
        }
    }
}
