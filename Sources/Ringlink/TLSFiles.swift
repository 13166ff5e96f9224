import Foundation
import Glibc
import Linux

/// The certificate that pages and signalling are served under, if any.
struct TLSFiles {
    let certificate: String?
    let key: String?

    init(_ options: UpOptions, folder: DataFolder) throws {
        if let certificate = options.tlsCert, let key = options.tlsKey {
            for (option, file) in [("--tls-cert", certificate), ("--tls-key", key)] where access(file, R_OK) != 0 {
                throw StartError("\(option) \(file) cannot be read: \(String(cString: strerror(errno))).")
            }
            (self.certificate, self.key) = (certificate, key)
        } else if options.selfSigned {
            try Self.makeSelfSigned(options, folder)
            (certificate, key) = (folder.certificateFile, folder.certificateKeyFile)
        } else {
            (certificate, key) = (nil, nil)
        }
    }

    /// Made anew at each start, so that it always names the addresses of now; valid for a year.
    private static func makeSelfSigned(_ options: UpOptions, _ folder: DataFolder) throws {
        let hosts = options.origins.compactMap { URLComponents(string: $0)?.host?.trimmingCharacters(in: ["[", "]"]) }
        let names = (hosts + options.publicAddress).map { SocketAddress($0, port: 0) == nil ? "DNS:\($0)" : "IP:\($0)" }
        do {
            _ = try ChildProcess.output(
                of: "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "365", "-subj", "/CN=Ringlink",
                    "-addext", "subjectAltName=\(Set(names).sorted().joined(separator: ","))", "-keyout", folder.certificateKeyFile,
                    "-out", folder.certificateFile,
                ], timeout: .seconds(20))
        } catch {
            throw StartError("The self-signed certificate could not be made (\(error)). Is openssl installed?")
        }
        chmod(folder.certificateKeyFile, 0o600)
        for file in [folder.certificateFile, folder.certificateKeyFile] { try DataFolder.give(file) }
    }
}
