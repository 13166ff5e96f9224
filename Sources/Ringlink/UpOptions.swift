import ArgumentParser
import Domain
import Foundation
import Linux

/// Everything that lets two installations run side by side, and one be reached from elsewhere.
struct UpOptions: ParsableArguments {
    @Option(help: "Folder for everything that is kept.")
    var data: String = DataFolder.standard

    @Option(help: ArgumentHelp("Configuration file; ringlink.conf in the data folder, if there is one.", valueName: "path"))
    var config: String?

    @Option(help: "TCP port of pages, signalling and REST.")
    var port: Int = 8080

    @Option(help: ArgumentHelp("IP address to listen on; repeatable.", valueName: "address"))
    var bind: [String] = ["127.0.0.1"]

    @Option(
        help: ArgumentHelp(
            "Origin under which people reach it, such as https://call.example.org; repeatable, the first is used in links.", valueName: "url"))
    var publicURL: [String] = []

    @Option(help: "TCP port (on loopback) between the two processes; 0 takes a free one.")
    var controlPort: Int = 0

    @Option(help: "UDP port of SIP; on loopback only until there is a trunk or an extension.")
    var sipPort: Int = 5060

    @Option(help: "First UDP port of browsers' media; every media thread takes one.")
    var mediaPort: Int = 40_000

    @Option(help: "UDP ports of phones' media, two a call.")
    var rtpPorts: String = "41000-41999"

    @Option(help: ArgumentHelp("IP address at which the media port is reached from outside, such as a NAT's; repeatable.", valueName: "address"))
    var publicAddress: [String] = []

    @Option(help: "Media threads; 0 takes half of the processors.")
    var mediaThreads: Int = 0

    @Option(help: ArgumentHelp("PEM file with the certificate chain.", valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("PEM file with the certificate's key.", valueName: "file"))
    var tlsKey: String?

    @Flag(help: "Serve https with a certificate made here. Browsers warn; microphones work.")
    var selfSigned = false

    @Option(help: "How the log is written: text, or json for programs. Also RINGLINK_LOG_FORMAT.")
    var logFormat: ProcessLog.Format?

    /// Set by `under`; no option by itself.
    var policy = Policy()

    enum CodingKeys: String, CodingKey {
        case data, config, port, bind, publicURL, controlPort, sipPort, mediaPort, rtpPorts, publicAddress, mediaThreads, tlsCert, tlsKey
        case selfSigned, logFormat
    }

    func validate() throws {
        for (name, port) in [("--port", port), ("--sip-port", sipPort), ("--media-port", mediaPort)] where !(1...65_535).contains(port) {
            throw ValidationError("\(name) must be 1–65535.")
        }
        guard (0...65_535).contains(controlPort) else { throw ValidationError("--control-port must be 0–65535.") }
        guard (0...64).contains(mediaThreads) else { throw ValidationError("--media-threads must be 0–64.") }
        guard mediaPort + threads - 1 <= 65_535 else { throw ValidationError("--media-port leaves no room for \(threads) threads.") }
        guard rtpPortRange != nil else {
            throw ValidationError("--rtp-ports must be a range such as 41000-41999.")
        }
        guard (tlsCert == nil) == (tlsKey == nil) else { throw ValidationError("--tls-cert and --tls-key go together.") }
        guard !(selfSigned && tlsCert != nil) else { throw ValidationError("--self-signed and --tls-cert exclude each other.") }
        for url in publicURL {
            guard Self.isOrigin(url) else { throw ValidationError("--public-url \(url) is not an origin such as https://call.example.org.") }
        }
    }

    /// `--rtp-ports` as numbers; `nil` if it is no range of ports.
    var rtpPortRange: ClosedRange<Int>? {
        let ends = rtpPorts.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count == 2, let first = ends[0], let last = ends[1], 1 <= first, first < last, last <= 65_535 else { return nil }
        return first...last
    }

    private static func isOrigin(_ text: String) -> Bool {
        guard let url = URLComponents(string: text), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false else { return false }
        return ["", "/"].contains(url.path) && url.query == nil && url.fragment == nil && url.user == nil
    }

    /// With what the operator has configured; what is said on the command line wins.
    func under(_ policy: Policy) -> UpOptions {
        var options = self
        options.policy = policy
        if options.publicURL.isEmpty { options.publicURL = policy.publicURLs }
        return options
    }

    /// Media threads that will run.
    var threads: Int { mediaThreads > 0 ? mediaThreads : max(1, ProcessInfo.processInfo.processorCount / 2) }

    var isTLS: Bool { selfSigned || tlsCert != nil }

    /// What the servers bind: the address of all of IPv6 takes IPv4 in, so that the one of all of IPv4 beside it would find its port taken.
    var binds: [String] { bind.contains("::") ? bind.filter { $0 != "0.0.0.0" } : bind }

    /// The addresses behind a wildcard, as a URL writes them.
    private var reachableHosts: [String] {
        let wildcards = (ipv4: bind.contains("0.0.0.0") || bind.contains("::"), ipv6: bind.contains("::"))
        let entries = (try? InterfaceAddresses.list()) ?? []
        return entries.map(\.address).filter { $0.isIPv4 ? wildcards.ipv4 : wildcards.ipv6 }.map { $0.isIPv4 ? $0.host : "[\($0.host)]" }
    }

    /// The public origins: what was given, or every address that we listen on, and the names of this machine for itself.
    var origins: [String] {
        if !publicURL.isEmpty { return publicURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 } }
        let scheme = isTLS ? "https" : "http"
        let bound = bind.filter { !["0.0.0.0", "::"].contains($0) }.map { $0.contains(":") ? "[\($0)]" : $0 }
        var hosts = bind.contains { ["127.0.0.1", "0.0.0.0", "::"].contains($0) } ? ["localhost", "127.0.0.1"] : []
        if bind.contains("::1") || bind.contains("::") { hosts.append("[::1]") }
        for host in bound + reachableHosts where !hosts.contains(host) { hosts.append(host) }
        return hosts.map { "\(scheme)://\($0):\(port)" }
    }
}
