import Foundation
import Glibc
import Linux

/// The certificate that pages and signalling are served under, if any.
struct TLSFiles {
    let certificate: String?
    let key: String?

    init(_ options: UpOptions, folder: DataFolder) throws {
        if let certificate = options.tlsCert, let key = options.tlsKey {
            for (option, file) in [("--tls-cert", certificate), ("--tls-key", key)] { try Self.checkReadable(file, option: option) }
            (self.certificate, self.key) = (certificate, key)
        } else if options.selfSigned {
            try Self.makeSelfSigned(options, folder)
            (certificate, key) = (folder.certificateFile, folder.certificateKeyFile)
        } else {
            (certificate, key) = (nil, nil)
        }
    }

    /// Read by the user that will serve it, which may be another than who started us: `access` would answer for the latter.
    private static func checkReadable(_ file: String, option: String) throws {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reader = ProcessIdentity.isRoot ? " by the user \(DataFolder.serviceUser)" : ""
            throw StartError("\(option) \(file) cannot be read\(reader): \(String(cString: strerror(errno))).")
        }
        close(descriptor)
    }

    /// Whether the certificate of an earlier start still names what it must and is good for a month: who accepted it is not asked again.
    private static func isCurrent(_ names: String, _ folder: DataFolder) -> Bool {
        guard (try? String(contentsOfFile: folder.certificateFile + ".names", encoding: .utf8)) == names,
            access(folder.certificateKeyFile, F_OK) == 0
        else { return false }
        return
            (try? ChildProcess.output(
                of: "openssl", ["x509", "-checkend", "2592000", "-noout", "-in", folder.certificateFile], timeout: .seconds(10))) != nil
    }

    /// Valid for a year; made anew when the names change.
    private static func makeSelfSigned(_ options: UpOptions, _ folder: DataFolder) throws {
        let hosts = options.origins.compactMap { URLComponents(string: $0)?.host?.trimmingCharacters(in: ["[", "]"]) }
        let all = (hosts + options.publicAddress).map { SocketAddress($0, port: 0) == nil ? "DNS:\($0)" : "IP:\($0)" }
        let names = Set(all).sorted().joined(separator: ",")
        guard !isCurrent(names, folder) else { return }
        do {
            _ = try ChildProcess.output(
                of: "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "365", "-subj", "/CN=Ringlink",
                    "-addext", "subjectAltName=\(names)", "-keyout", folder.certificateKeyFile,
                    "-out", folder.certificateFile,
                ], timeout: .seconds(20))
        } catch {
            throw StartError("The self-signed certificate could not be made (\(error)). Is openssl installed?")
        }
        chmod(folder.certificateKeyFile, 0o600)
        try PrivateFile.write(names, to: folder.certificateFile + ".names")
    }
}
