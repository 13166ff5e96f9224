import Domain
import Foundation
import Testing

@Suite("Signed links")
struct SignedLinkTests {
    struct Vector: Decodable, Sendable {
        var about: String
        var key: String
        var canonical: String
        var sig: String
        var query: String

        /// `docs/link-vectors.json`, made by an implementation in another language.
        static let all: [Vector] = {
            struct File: Decodable { var vectors: [Vector] }
            let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/link-vectors.json")
            return (try? JSONDecoder().decode(File.self, from: Data(contentsOf: root)).vectors) ?? []
        }()

        func read() throws -> (link: SignedLink, signature: [UInt8], secret: [UInt8]) {
            let (link, signature) = try #require(try SignedLink.read(query: query))
            return (link, signature, try #require(Base64URL.decode(key)))
        }
    }

    @Test("The test vectors are there")
    func present() { #expect(Vector.all.count == 4) }

    @Test("A link that was signed elsewhere is read, written and signed alike here", arguments: Vector.all)
    func vectors(vector: Vector) throws {
        let (link, signature, secret) = try vector.read()
        #expect(String(decoding: link.canonical, as: UTF8.self) == vector.canonical)
        #expect(Base64URL.encode(link.signature(with: secret)) == vector.sig)
        #expect(link.isSigned(by: signature, with: secret))
        // What we write for it reads as the same.
        let again = try #require(try SignedLink.read(query: link.query(signature: signature)))
        #expect(again.link == link && again.signature == signature)
    }

    @Test("Every change of one byte is refused, or means the same", arguments: Vector.all)
    func mutations(vector: Vector) throws {
        let (link, _, secret) = try vector.read()
        let bytes = Array(vector.query.utf8)
        var (accepted, refused) = (0, 0)
        for position in bytes.indices {
            for replacement in Array("09azAZ+%&=-. #".utf8) + [bytes[position] ^ 1, bytes[position] ^ 0x20] where replacement != bytes[position] {
                var changed = bytes
                changed[position] = replacement
                let query = String(decoding: changed, as: UTF8.self)
                guard let (other, signature) = try? SignedLink.read(query: query), other.isSigned(by: signature, with: secret) else {
                    refused += 1
                    continue
                }
                accepted += 1
                #expect(other.canonical == link.canonical)
            }
        }
        // Only a tracker's parameter, the case of an escape, and a number's separators can change.
        #expect(refused > 4 * accepted)
    }

    @Test("A link that lost a part of its signature does not pass for a plain one", arguments: ["lid", "kid", "sig", "room"])
    func parts(name: String) throws {
        for vector in Vector.all {
            let query = vector.query.split(separator: "&").filter { !$0.hasPrefix(name + "=") }.joined(separator: "&")
            #expect(throws: SignedLinkError.refused(.tampered)) { try SignedLink.read(query: query) }
        }
    }

    @Test("A plain link claims no signature; twice the same is refused")
    func plain() throws {
        #expect(try SignedLink.read(query: "room=a&dial=%2B4915157610183&utm_source=x") == nil)
        let vector = try #require(Vector.all.first)
        #expect(throws: SignedLinkError.malformed(.duplicated(.dial))) { try SignedLink.read(query: vector.query + "&dial=610") }
        #expect(throws: SignedLinkError.malformed(.duplicated(.sig))) { try SignedLink.read(query: vector.query + "&sig=") }
    }

    @Test(
        "A claim that is empty is a claim, and a parameter that may be left out must not be empty",
        arguments: ["lid", "role", "nbf", "exp", "kid", "sig"])
    func empty(name: String) throws {
        #expect(throws: SignedLinkError.refused(.tampered)) { try SignedLink.read(query: "room=a&\(name)=") }
        let query = "lid=a&room=b&kid=sk_000000000000&sig=\(String(repeating: "A", count: 43))"
        #expect(try SignedLink.read(query: query) != nil)
        #expect(throws: (any Error).self) { try SignedLink.read(query: query + "&\(name)=") }
    }

    @Test("A number that is none cannot be signed", arguments: [("112", DialTargetError.emergencyNumber), ("004930901820", .invalidNumber)])
    func unreadable(dial: String, error: DialTargetError) throws {
        let query = "lid=a&room=b&kid=sk_000000000000&sig=\(String(repeating: "A", count: 43))&dial="
        #expect(throws: SignedLinkError.invalidDial(error)) { try SignedLink.read(query: query + dial) }
        #expect(try SignedLink.read(query: query + "600")?.link.link.dial == .short("600"))
    }

    @Test("The wrong key, and a signature of another link, do not open it")
    func foreign() throws {
        let (first, signature, secret) = try Vector.all[0].read()
        let (other, foreign, _) = try Vector.all[1].read()
        #expect(!first.isSigned(by: foreign, with: secret) && !other.isSigned(by: signature, with: secret))
        #expect(!first.isSigned(by: signature, with: secret.reversed()) && !first.isSigned(by: [], with: secret))
    }

    @Test("A link opens from its beginning until before its end")
    func window() throws {
        let (link, _, _) = try Vector.all[1].read()
        let begin: Int64 = 1_767_225_600_000
        #expect(link.fault(now: begin - 1) == .notYetValid && link.fault(now: begin) == nil)
        #expect(link.fault(now: begin + 3_599_999) == nil && link.fault(now: begin + 3_600_000) == .expired)
    }

    @Test("Times have one form", arguments: ["01767225600", "+1767225600", "1767225600.0", "-1", "1e9", " 1", "9999999999999"])
    func times(text: String) throws {
        let query = "lid=a&room=b&kid=sk_000000000000&sig=\(String(repeating: "A", count: 43))&exp=\(FormURLEncoding.encode(text))"
        #expect(throws: SignedLinkError.refused(.tampered)) { try SignedLink.read(query: query) }
    }
}
