import Domain

/// `/v1/calls`: calls as programs see them.
///
/// A route is thin: it reads its input into domain values, asks the books, and shapes the answer. Rules live elsewhere.
struct CallRoutes: RESTResource {
    let calls: any CallBook

    private static let unknown = ProblemDocument.unknown(Problem(.unknownCall))

    func add(to routes: RESTRoutes) {
        routes.at(
            "/calls/:id",
            .read("calls:read") { request in
                guard let record = try await calls.record(of: try request.id(CallID.self, or: Self.unknown)) else { throw Self.unknown }
                return try .document(CallDocument(record))
            })
    }
}
