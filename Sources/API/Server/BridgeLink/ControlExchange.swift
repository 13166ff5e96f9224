import AsyncHTTPClient
import Domain
import Foundation
import NIOCore
import NIOHTTP1

/// Signed requests to the control endpoint of one bridge, and answers that are believed only if they are signed too.
package struct ControlExchange: Sendable {
    /// The largest answer: 256 events and the signals between them.
    private static let answerLimit = 4 * 1024 * 1024

    /// Why there is no answer to work with.
    package enum Failure: Error, Sendable {
        /// Not reached, or the answer was lost on the way.
        case unreachable(String)
        /// The bridge does not know our signature (401): another secret, a clock that is off, or it has restarted.
        case notBelieved
        /// The bridge has another epoch (409): nothing was done.
        case wrongEpoch
        /// Too late (410): nothing was done.
        case expired
        /// Signed by the bridge, and no success.
        case status(Int)
        /// Not the bridge's own answer, or not one that can be read.
        case unbelievable(String)
    }

    /// Such as `http://127.0.0.1:40123`.
    let base: String
    /// The bridge's id.
    let audience: String
    let keys: InstallationKeys
    let http: HTTPClient
    let clock: ServerClock

    package init(base: String, audience: String, keys: InstallationKeys, http: HTTPClient, clock: ServerClock) {
        self.base = base
        self.audience = audience
        self.keys = keys
        self.http = http
        self.clock = clock
    }

    package func post<Body: Encodable, Answer: Decodable>(
        _ path: String, _ body: Body, epoch: UInt64, timeout: Duration, as answer: Answer.Type
    ) async throws(Failure) -> Answer {
        let bytes: [UInt8]
        do {
            bytes = Array(try JSONEncoder().encode(body))
        } catch {
            throw .unbelievable("the request has no JSON form: \(error)")
        }
        var generator = SystemRandomNumberGenerator()
        let nonce = ControlNonce(random: &generator)
        let signed = ControlRequest(audience: audience, epoch: epoch, method: "POST", target: path, body: bytes)
        let signature = ControlSignature(
            of: signed, time: clock.wallMilliseconds / 1000, nonce: nonce, keys: ControlKeys(keys.controlToBridge))

        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: ControlSignature.headerName, value: signature.header)
        request.body = .bytes(bytes)

        let (status, header, received) = try await execute(request, timeout: timeout)
        // A refusal of the signature cannot be signed over a nonce that was not believed.
        if status == 401 { throw .notBelieved }
        if let refusal = ControlAnswerSignature.refusal(
            of: header, nonce: nonce, status: status, body: received, keys: ControlKeys(keys.controlToAPI))
        {
            throw .unbelievable("the answer's signature is \(refusal.rawValue)")
        }
        switch status {
        case 200: break
        case 409: throw .wrongEpoch
        case 410: throw .expired
        default: throw .status(status)
        }
        do {
            return try JSONDecoder().decode(answer, from: Data(received))
        } catch {
            throw .unbelievable("the answer has another form: \(error)")
        }
    }

    private func execute(_ request: HTTPClientRequest, timeout: Duration) async throws(Failure) -> (Int, String?, [UInt8]) {
        do {
            let response = try await http.execute(request, timeout: TimeAmount(timeout))
            let body = try await response.body.collect(upTo: Self.answerLimit)
            return (Int(response.status.code), response.headers.first(name: ControlSignature.headerName), Array(body.readableBytesView))
        } catch {
            throw .unreachable("\(error)")
        }
    }
}
