import Domain
import LibPQ

/// What became of a link that somebody came with.
public enum LinkOpening: Sendable, Equatable {
    /// No link that was minted, or a random one, which its room says.
    case plain
    case signed(SignedLink)
    case refused(Problem)
}

extension Store {
    /// The link that hides its number under this slug, and why it does not open at `now`, if it does not.
    public func hiddenLink(_ slug: LinkSlug, now: Int64) async throws(StoreError) -> (link: HiddenLink, fault: LinkFault?)? {
        try await transaction { transaction throws(PostgresError) in
            try transaction.row(
                """
                SELECT id, room, slug, name, target, trunk, camera, caller_id, milliseconds(not_before) AS not_before,
                       milliseconds(expires_at) AS expires_at, max_uses, max_seconds, destinations, milliseconds(revoked_at) AS revoked_at
                  FROM links WHERE slug = $1
                """, .id(slug)
            ) { row throws(PostgresError) in
                let link = HiddenLink(
                    id: try row.domain("id", LinkID.init), slug: slug, room: try row.domain("room", RoomSlug.init),
                    name: try row.optionalDomain("name", DisplayName.init), camera: try row.value("camera"),
                    target: try row.domain("target", DialTarget.init(stored:)), trunk: try row.optionalDomain("trunk", TrunkID.init))
                return (link, try LinkRow(row).fault(now: now))
            }
        }
    }

    /// Judges the link that a browser joins with, and counts that it came.
    ///
    /// - Parameters:
    ///   - query: the page's whole query, where it looks signed; `nil` for a plain one.
    ///   - isReturn: the browser was here before, so it is not counted again.
    public func openLink(
        query: String?, room: RoomSlug, name: DisplayName, isReturn: Bool, now: Int64
    ) async throws(StoreError) -> LinkOpening {
        let read: (link: SignedLink, signature: [UInt8])?
        do throws(SignedLinkError) { read = try query.flatMap { query throws(SignedLinkError) in try SignedLink.read(query: query) } } catch {
            return .refused(error.problem)
        }
        guard let (signed, signature) = read else { return try await openRandomLink(room, isReturn: isReturn, now: now) }
        guard let known = try await signingKey(signed.key) else { return .refused(LinkFault.keyUnknown.problem) }
        // Whoever cannot sign learns nothing more than that.
        guard signed.isSigned(by: signature, with: known.secret), signed.room == room, signed.link.name.map({ $0 == name }) ?? true else {
            return .refused(LinkFault.tampered.problem)
        }
        guard known.key.opens(now: now) else { return .refused(LinkFault.keyUnknown.problem) }
        if let fault = signed.fault(now: now) {
            // Who has a place keeps it, however it came to it; what the link has granted is over.
            return isReturn && fault == .expired ? .plain : .refused(fault.problem)
        }
        let isOpen = try await transaction { transaction throws(PostgresError) in
            try transaction.remember(signed, now: now)
            return try transaction.row(
                """
                UPDATE links SET opened = opened + $3, last_opened_at = CASE WHEN $3 = 1 THEN instant($4) ELSE last_opened_at END
                 WHERE id = $1 AND room = $2 AND kind = 'signed' RETURNING revoked_at IS NULL AS open
                """, .id(signed.id), .id(room), .int(isReturn ? 0 : 1), .int(now)
            ) { row throws(PostgresError) in try row.value("open", as: Bool.self) }
        }
        // Its name belongs to another link: its signer has used it twice.
        guard let isOpen else { return .refused(LinkFault.tampered.problem) }
        return isOpen ? .signed(signed) : .refused(LinkFault.revoked.problem)
    }

    private func openRandomLink(_ room: RoomSlug, isReturn: Bool, now: Int64) async throws(StoreError) -> LinkOpening {
        let fault = try await transaction { transaction throws(PostgresError) -> LinkFault? in
            guard let row = try transaction.lockedRandomLink(in: room) else { return nil }
            if let fault = row.fault(now: now), !isReturn || fault != .expired { return fault }
            if !isReturn {
                _ = try transaction.execute(
                    "UPDATE links SET opened = opened + 1, last_opened_at = instant($2) WHERE id = $1", .id(row.id), .int(now))
            }
            return nil
        }
        return fault.map { .refused($0.problem) } ?? .plain
    }
}
