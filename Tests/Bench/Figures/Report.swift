import Foundation

/// Prints figures as they come; a figure that cannot be taken is said so, and the next one is.
struct Report {
    let asJSON: Bool

    func begin() {
        guard !asJSON else { return }
        print("\(pad("metric", 34)) \(pad("value", 9)) \(pad("unit", 6)) \(pad("aim", 6)) conditions")
    }

    func add(_ figure: Figure) {
        if asJSON {
            print(figure.line)
        } else {
            let aim = figure.aim?.description.trimmingZeros ?? ""
            print("\(pad(figure.metric, 34)) \(pad(Figure.text(figure.value), 9)) \(pad(figure.unit, 6)) \(pad(aim, 6)) \(figure.conditions)")
        }
        fflush(nil)
    }

    func take(_ what: String, _ measure: () async throws -> [Figure]) async {
        let before = MachineLoad.now
        do {
            for var figure in try await measure() {
                figure.conditions += "; load before \(before)"
                add(figure)
            }
        } catch {
            FileHandle.standardError.write(Data("\(what) could not be measured: \(error)\n".utf8))
        }
    }

    func finish() {
        guard !asJSON else { return }
        print("\nMore than half of a processor's load from others (load before each figure) makes delays and percentages worse than they are.")
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension String {
    fileprivate var trimmingZeros: String {
        guard contains(".") else { return self }
        let digits = self.reversed().drop { $0 == "0" }
        return String((digits.first == "." ? digits.dropFirst() : digits).reversed())
    }
}
