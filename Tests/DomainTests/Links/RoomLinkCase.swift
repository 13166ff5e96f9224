import Domain
import Foundation
import Testing

/// One case of `docs/link-cases.json`. The page's own reader is held to the same file by `Tests/EndToEnd/test_links.py`.
struct RoomLinkCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Link: Decodable, Sendable {
        var room: String?
        var name: String?
        /// As it is written, and (`number`) as it is called.
        var dial: String?
        var number: String?
        var trunk: String?
        var camera: Bool
        var signed: Bool?
    }

    struct Refusal: Decodable, Sendable, Equatable {
        var fault: String
        var parameter: String?
    }

    var about: String
    var query: String
    var link: Link?
    var refused: Refusal?

    var testDescription: String { about }

    private enum CodingKeys: String, CodingKey { case about, query, then, link, refused }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        about = try fields.decode(String.self, forKey: .about)
        query = try fields.decode(String.self, forKey: .query)
        link = try fields.decodeIfPresent(Link.self, forKey: .link)
        refused = try fields.decodeIfPresent(Refusal.self, forKey: .refused)
        guard fields.contains(.then) else { return }
        var then = try fields.nestedUnkeyedContainer(forKey: .then)
        query += String(repeating: try then.decode(String.self), count: try then.decode(Int.self))
    }

    static let all: [RoomLinkCase] = {
        struct File: Decodable { var cases: [RoomLinkCase] }
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/link-cases.json")
        return (try? JSONDecoder().decode(File.self, from: Data(contentsOf: root)).cases) ?? []
    }()
}

extension RoomLinkCase.Refusal {
    init(_ error: RoomLinkError) {
        fault =
            switch error {
            case .tooLong: "too_long"
            case .duplicated: "duplicated"
            case .damaged: "damaged"
            case .malformed: "malformed"
            }
        parameter = error.parameter?.rawValue
    }
}
