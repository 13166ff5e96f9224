import Domain
import Hummingbird

/// `/v1/calls`: calls as programs see them.
///
/// A route is thin: it reads its input into domain values, asks the books, and shapes the answer. Rules live elsewhere.
struct CallRoutes: Sendable {
    let calls: any CallBook

    func add(to group: RouterGroup<WebContext>) {
        group.read("/calls/:id") { _, context in
            // A malformed id names no call, just as an unknown one.
            guard let id = CallID(try context.parameters.require("id")), let record = try await calls.record(of: id) else {
                throw ProblemDocument(.notFound, code: "unknown_call", detail: Problem(.unknownCall).sentence)
            }
            return try JSONAnswer.response(CallDocument(record))
        }
    }
}
