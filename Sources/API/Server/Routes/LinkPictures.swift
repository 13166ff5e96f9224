import Domain
import Foundation
import HummingbirdCore
import QREncode
import Store

/// `/v1/links/{id}/qr.svg` and `qr.png`: a link's address, to be scanned.
struct LinkPictures: RESTResource {
    let store: Store
    let origin: String

    func add(to routes: RESTRoutes) {
        routes.at("/links/:id/qr.svg", .read("links:read", svg))
        routes.at("/links/:id/qr.png", .read("links:read", png))
    }

    @Sendable private func svg(_ request: RESTRequest) async throws -> RESTAnswer {
        RESTAnswer(status: 200, headers: ["Content-Type": "image/svg+xml"], body: Data(try await picture(request).svg.utf8))
    }

    @Sendable private func png(_ request: RESTRequest) async throws -> RESTAnswer {
        let picture = try await picture(request)
        guard let png = picture.png else {
            throw ProblemDocument.invalidParameter(
                "size", "this code has \(picture.modules) modules to a side with its margin, and each needs a pixel")
        }
        return RESTAnswer(status: 200, headers: ["Content-Type": "image/png"], body: Data(png))
    }

    private func picture(_ request: RESTRequest) async throws -> QRPicture {
        try request.only(["size", "margin", "level"])
        let size = try Self.number("size", QRPicture.sizes, request) ?? QRPicture.standardSize
        let margin = try Self.number("margin", QRPicture.margins, request) ?? QRPicture.standardMargin
        var level = QRCode.CorrectionLevel.m
        if let text = request.query["level"] {
            guard let known = QRCode.CorrectionLevel(rawValue: String(text)) else {
                throw ProblemDocument.invalidParameter("level", "it is L, M, Q or H")
            }
            level = known
        }
        guard let link = try await store.link(try LinkRoutes.id(request)) else { throw LinkRoutes.unknown }
        guard let url = link.url(origin: origin) else {
            throw ProblemDocument.conflict("link_has_no_url", "This link was signed elsewhere, so its address is not known here.")
        }
        guard let code = QRCode(url, level: level) else {
            throw ProblemDocument.conflict("link_too_long", "This link's address is too long for a QR code of level \(level.rawValue).")
        }
        return QRPicture(code, size: size, margin: margin)
    }

    private static func number(_ name: String, _ range: ClosedRange<Int>, _ request: RESTRequest) throws(ProblemDocument) -> Int? {
        guard let text = request.query[name[...]] else { return nil }
        guard let number = Int(text), range.contains(number), String(number) == text else {
            throw .invalidParameter(name, "it is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
