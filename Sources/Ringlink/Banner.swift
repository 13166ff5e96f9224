import Domain
import Glibc
import Linux

/// What the terminal shows once everything is ready: links to click, and from where they work.
struct Banner {
    private let options: UpOptions
    private let folder: DataFolder
    private let newKey: String?
    private let started: Duration

    init(_ options: UpOptions, folder: DataFolder, newKey: String?, started: Duration) {
        self.options = options
        self.folder = folder
        self.newKey = newKey
        self.started = started
    }

    func show() {
        let origin = options.origins.first ?? "http://localhost:\(options.port)"
        let passed = MonotonicClock.now() - started
        let tenths = passed.components.seconds * 10 + passed.components.attoseconds / 100_000_000_000_000_000
        var lines = [
            "",
            "Ringlink is ready (\(tenths / 10).\(tenths % 10) s). Click, allow the microphone, and speak:",
            "",
            "  Echo           \(Self.link("echo-test", "600").url(origin: origin))",
            "  Announcement   \(Self.link("announcement", "601").url(origin: origin))",
            "",
            reach(origin),
        ]
        if let newKey {
            lines += [
                "", "Your first API key, shown only now: \(newKey)",
                "A copy for you alone lies in \(folder.apiKeyFile); the database holds only its hash.",
            ]
        } else if access(folder.apiKeyFile, R_OK) == 0 {
            lines += ["", "Your API key lies in \(folder.apiKeyFile)."]
        }
        lines += ["", "Everything is kept in \(folder.path). Ctrl-C ends it."]
        Console.say(lines.joined(separator: "\n"))
    }

    private static func link(_ room: String, _ number: String) -> RoomLink {
        RoomLink(room: RoomSlug(room), name: DisplayName("You"), dial: DialTarget(written: number), camera: false)
    }

    private func reach(_ origin: String) -> String {
        let isLocal = options.bind.allSatisfy { $0 == "127.0.0.1" || $0 == "::1" }
        if isLocal && options.publicURL.isEmpty {
            return "The links work on this machine. For others: --bind 0.0.0.0 --self-signed (a microphone needs https off localhost), see README."
        }
        if origin.hasPrefix("http:") && !isLocal {
            return
                "The links work in the network of \(options.bind.joined(separator: ", ")), but a browser gives no microphone without https: add --tls-cert/--tls-key or --self-signed."
        }
        return options.selfSigned ? "Browsers will warn of the self-signed certificate once." : "The links work wherever \(origin) is reached."
    }
}
