import Domain
import HTTPTypes
import Hummingbird

/// The pages, and what they load.
struct PageRoutes {
    let reference: WebAsset
    let calls: any CallBook
    let clock: ServerClock

    func add(to router: Router<WebContext>) {
        router.read("/") { request, _ in WebAssets.landing.response(to: request) }
        router.read("/room.html") { request, _ in WebAssets.room.response(to: request) }
        router.read("/docs") { request, _ in reference.response(to: request) }
        router.read("/openapi.yaml") { request, _ in ContractAssets.document.response(to: request) }
        router.read("/assets/:file") { request, context in
            guard let asset = WebAssets.assets[try context.parameters.require("file")] else { throw ProblemDocument.notFound }
            return asset.response(to: request)
        }
        router.read("/l/:slug") { _, context in try await hiddenLink(try context.parameters.require("slug")) }
    }

    /// The room page without a redirect, since the address is all that whoever comes may keep; or the page that says why there is none.
    private func hiddenLink(_ text: String) async throws -> Response {
        guard let slug = LinkSlug(text), let (link, fault) = try await calls.hiddenLink(slug, now: clock.wallMilliseconds) else {
            return Self.closed(.notFound, .unknown)
        }
        if let fault { return Self.closed(fault == .notYetValid ? .forbidden : .gone, fault) }
        var json = JSONText()
        json.object { json in
            json.member("slug", link.slug.text)
            json.member("room", link.room.text)
            if let name = link.name { json.member("name", name.text) }
            json.member("camera", link.camera)
        }
        return WebAssets.hiddenRoom.response(.ok, ["link": String(decoding: json.bytes, as: UTF8.self)])
    }

    private static func closed(_ status: HTTPResponse.Status, _ fault: LinkFault) -> Response {
        let title =
            switch fault {
            case .expired: "This link has expired"
            case .revoked: "This link was withdrawn"
            case .notYetValid: "This link is not valid yet"
            case .usedUp: "This link is used up"
            case .tampered, .keyUnknown, .unknown: "This link does not work"
            }
        return WebAssets.closedLink.response(status, ["title": title, "text": fault.problem.sentence])
    }
}
