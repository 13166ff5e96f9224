import Domain
import HTTPTypes
import Store

/// `/v1/trunks`: the carriers that calls may be given to.
///
/// A route is thin: it reads its input into domain values, asks the store, and shapes the answer. Rules live elsewhere.
struct TrunkRoutes: RESTResource {
    private static let unknown = ProblemDocument.unknown(Problem(.unknownTrunk, "There is no such trunk."))

    let store: Store
    let setups: SetupDesk
    private var bridge: any BridgeConnection { setups.bridge }

    /// Milliseconds that the bridge has for a report, and for a test: a lookup and an OPTIONS.
    private static let reportPatience: Int64 = 1_500
    private static let testPatience: Int64 = 9_500

    func add(to routes: RESTRoutes) {
        routes.at("/trunks", .read("trunks:read", list), .post("trunks:write", create))
        routes.at("/trunks/:id", .read("trunks:read", read), .patch("trunks:write", update), .delete("trunks:write", delete))
        routes.at("/trunks/:id/status", .read("trunks:read", status))
        routes.at("/trunks/:id/test", .post("trunks:write", test))
    }

    @Sendable private func list(_ request: RESTRequest) async throws -> RESTAnswer {
        try .page(try await store.trunks(try request.page())) { TrunkDocument($0) }
    }

    @Sendable private func create(_ request: RESTRequest) async throws -> RESTAnswer {
        var fields = try request.fields()
        let name = fields.required("name", TrunkFields.name)
        let host = fields.required("host", TrunkFields.host)
        let patch = TrunkFields.settings(&fields)
        try fields.finish()
        guard let name, let host else { throw ProblemDocument.serverError }
        var generator = SystemRandomNumberGenerator()
        let trunk = try Self.trunk(
            await store.createTrunk(TrunkSettings(name: name, host: host), patch, now: request.now, generator: &generator))
        await setups.spread()
        return try .created(TrunkDocument(trunk), at: "/v1/trunks/\(trunk.id)", version: trunk.version)
    }

    @Sendable private func read(_ request: RESTRequest) async throws -> RESTAnswer {
        guard let trunk = try await store.trunk(try request.id(or: Self.unknown)) else { throw Self.unknown }
        return try .document(TrunkDocument(trunk), version: trunk.version)
    }

    @Sendable private func update(_ request: RESTRequest) async throws -> RESTAnswer {
        let id: TrunkID = try request.id(or: Self.unknown)
        let condition = try request.versionCondition()
        var fields = try request.fields()
        let (name, host) = (fields.setting("name", TrunkFields.name), fields.setting("host", TrunkFields.host))
        var patch = TrunkFields.settings(&fields)
        try fields.finish()
        (patch.name, patch.host) = (name, host)
        var generator = SystemRandomNumberGenerator()
        let trunk = try Self.trunk(await store.updateTrunk(id, patch, if: condition, now: request.now, generator: &generator))
        await setups.spread()
        return try .document(TrunkDocument(trunk), version: trunk.version)
    }

    @Sendable private func delete(_ request: RESTRequest) async throws -> RESTAnswer {
        switch try await store.deleteTrunk(try request.id(or: Self.unknown), if: try request.versionCondition()) {
        case .changed: break
        case .missing: throw Self.unknown
        case .outdated: throw ProblemDocument.outdated
        }
        await setups.spread()
        return .nothing
    }

    @Sendable private func status(_ request: RESTRequest) async throws -> RESTAnswer {
        guard let trunk = try await store.trunk(try request.id(or: Self.unknown)) else { throw Self.unknown }
        guard trunk.settings.isEnabled else { return try .document(TrunkStatusDocument(trunk, nil)) }
        let answer = try? await bridge.send(.trunkReport(trunk.id), expiry: request.now + Self.reportPatience)
        guard case .trunk(let report)? = answer else { return try .document(TrunkStatusDocument(trunk, nil)) }
        return try .document(TrunkStatusDocument(trunk, report))
    }

    @Sendable private func test(_ request: RESTRequest) async throws -> RESTAnswer {
        let id: TrunkID = try request.id(or: Self.unknown)
        var fields = try request.fields()
        try fields.finish()
        guard let trunk = try await store.trunk(id) else { throw Self.unknown }
        guard trunk.settings.isEnabled else {
            throw ProblemDocument.conflict(ProblemCode.trunkDisabled.rawValue, "The trunk is switched off. Switch it on, then test it.")
        }
        let answer = try? await bridge.send(.testTrunk(id), expiry: request.now + Self.testPatience)
        guard case .trunk(let report)? = answer, let check = report.check else {
            throw ProblemDocument(
                .serviceUnavailable, code: ProblemCode.bridgeUnavailable.rawValue,
                detail: "The bridge, which would have to ask, does not answer now. Try again in a moment.", headers: [.retryAfter: "2"])
        }
        return try .document(TrunkCheckDocument(check))
    }

    private static func trunk(_ change: TrunkChange) throws -> Trunk {
        switch change {
        case .done(let trunk): return trunk
        case .missing: throw unknown
        case .outdated: throw ProblemDocument.outdated
        case .refused(let refusal): throw InvalidFields(faults: [TrunkFields.fault(refusal)])
        case .full: throw ProblemDocument.full("There are \(Trunk.limit) trunks already, and no room for another.")
        }
    }
}
