import Domain
import Store

/// Calls as CSV (RFC 4180): a header, then a line for each, newest first; UTF-8, CRLF. Columns are only ever added at the end.
struct CallTable: Sendable {
    static let contentType = "text/csv; charset=utf-8; header=present"

    static let header = line([
        "id", "queued_at", "answered_at", "ended_at", "room", "number", "label", "trunk", "link", "origin", "state", "outcome", "reason_code",
        "reason_text", "refusal_rule", "ended_by", "sip_status", "q850_cause", "talk_seconds", "loss_percent", "jitter_ms", "round_trip_ms", "mos",
    ])

    static func line(_ listed: ListedCall) -> String {
        let document = CallDocument(listed)
        let (call, quality) = (listed.call, document.quality)
        let cells: [String] = [
            call.id.text, document.queuedAt, document.answeredAt ?? "", document.endedAt ?? "", guarded(call.room.text), number(call.target),
            guarded(call.label), call.trunk?.text ?? "", call.link?.text ?? "", call.origin.rawValue, call.state.rawValue,
            call.outcome?.rawValue ?? "", guarded(call.reason?.code ?? ""), guarded(call.reason?.text ?? ""), call.refusal?.rule.rawValue ?? "",
            listed.endedBy?.rawValue ?? "", text(listed.sipStatus), text(listed.q850Cause), String(call.talkSeconds), text(quality?.lossPercent),
            text(quality?.jitterMs), text(quality?.roundTripMs), text(quality?.mos),
        ]
        return line(cells)
    }

    private static func line(_ cells: [String]) -> String { cells.map(quoted).joined(separator: ",") + "\r\n" }

    private static func text(_ value: (some CustomStringConvertible)?) -> String { value?.description ?? "" }

    /// RFC 4180 section 2: what holds a comma, a quote or a line break stands in quotes, quotes in it are doubled.
    private static func quoted(_ cell: String) -> String {
        guard cell.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }

    /// A telephone number stays as it is, also with its plus: a plus and digits alone are a number to a spreadsheet and can start nothing,
    /// and programs that read the file get what every other answer says.
    private static func number(_ target: DialTarget) -> String {
        switch target {
        case .e164, .short: target.text
        case .unreadable: guarded(target.text)
        }
    }

    /// What somebody else has written must not be a formula to the spreadsheet that opens the file: an apostrophe before it makes it text.
    private static func guarded(_ cell: String) -> String {
        let first = cell.utf8.first { $0 != 0x20 }
        switch first {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D: return "'" + cell
        // The full-width forms of the same signs, which some spreadsheets take for them.
        case 0xEF where ["\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}"].contains(cell.drop { $0 == " " }.prefix(1)): return "'" + cell
        default: return cell
        }
    }
}
