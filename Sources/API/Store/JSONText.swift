import FoundationEssentials
import LibPQ

/// The one form in which values are kept in `jsonb` columns.
enum JSONText {
    static func encode(_ value: some Encodable) throws(PostgresError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            throw PostgresError(.fault, "\(type(of: value)) has no JSON form")
        }
    }

    static func decode<T: Decodable>(_ type: T.Type, _ text: String) throws(PostgresError) -> T {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw PostgresError(.fault, "the stored JSON is not a \(type)")
        }
    }
}
