/// What `/metrics` answers: the text format of Prometheus, version 0.0.4.
package struct PrometheusPage: Sendable {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String { case counter, gauge, histogram }

    private(set) var text = ""

    /// One metric with all its samples; without any it is left out.
    ///
    /// - Parameters:
    ///   - name: in base units (seconds, bytes), with `_total` behind it for a counter.
    ///   - help: one sentence.
    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ write: (inout Family) -> Void) {
        var family = Family(name: name)
        write(&family)
        guard !family.lines.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n" + family.lines
    }

    /// A metric with one sample.
    mutating func gauge(_ name: String, _ help: String, _ value: some Figure) { family(name, .gauge, help) { $0.sample(value) } }

    struct Family {
        let name: String
        fileprivate(set) var lines = ""

        fileprivate init(name: String) { self.name = name }

        mutating func sample(_ value: some Figure, suffix: String = "", _ labels: KeyValuePairs<String, String> = [:]) {
            lines += name + suffix
            if !labels.isEmpty { lines += "{" + labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "}" }
            lines += " \(value.figure)\n"
        }

        private static func escaped(_ text: String) -> String {
            text.map { $0 == "\\" ? "\\\\" : $0 == "\"" ? "\\\"" : $0 == "\n" ? "\\n" : String($0) }.joined()
        }
    }
}

/// A number as the format writes it.
protocol Figure { var figure: String { get } }
extension Int: Figure { var figure: String { String(self) } }
extension Double: Figure { var figure: String { isNaN ? "NaN" : isInfinite ? (self > 0 ? "+Inf" : "-Inf") : String(self) } }

/// Something that has figures to show. Never a phone number, an address or a name that a person has chosen.
package protocol MetricsSource: Sendable {
    func write(to page: inout PrometheusPage) async
}
