import Hummingbird

/// The pages, and what they load.
struct PageRoutes {
    func add(to router: Router<WebContext>) {
        router.read("/") { request, _ in WebAssets.landing.response(to: request) }
        router.read("/room.html") { request, _ in WebAssets.room.response(to: request) }
        router.read("/assets/:file") { request, context in
            guard let asset = WebAssets.assets[try context.parameters.require("file")] else { throw ProblemDocument.notFound }
            return asset.response(to: request)
        }
    }
}
