import Domain
import LibPQ

extension Store {
    /// The numbers of this installation that everybody may know, in order.
    public func publicNumbers() async throws(StoreError) -> [VirtualNumber] {
        try await transaction { transaction throws(PostgresError) in
            try transaction.rows("SELECT * FROM numbers WHERE public ORDER BY number") { row throws(PostgresError) in
                try row.virtualNumber()
            }
        }
    }

    /// The virtual number with these digits, public or not.
    public func number(_ digits: String) async throws(StoreError) -> VirtualNumber? {
        try await transaction { transaction throws(PostgresError) in try transaction.number(digits) }
    }
}

extension PostgresTransaction {
    func number(_ digits: String) throws(PostgresError) -> VirtualNumber? {
        try row("SELECT * FROM numbers WHERE number = $1", .text(digits)) { row throws(PostgresError) in try row.virtualNumber() }
    }
}

extension PostgresRow {
    func virtualNumber() throws(PostgresError) -> VirtualNumber {
        VirtualNumber(
            number: try value("number"), label: try value("label"), mode: try numberMode(), isPublic: try value("public"))
    }

    private func numberMode() throws(PostgresError) -> VirtualNumber.Mode {
        switch try value("mode", as: String.self) {
        case "echo": .echo
        case "announce":
            .announce(
                Announcement(
                    text: try value("text"), language: try value("language"),
                    leadSilenceMilliseconds: try value("lead_silence_ms"), loop: try value("loop"),
                    maximumSeconds: try value("max_seconds")))
        case let mode: throw PostgresError(.fault, "no number has the mode \(mode)")
        }
    }
}
