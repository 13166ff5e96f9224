import Crypto
import Domain
import Foundation

/// What the supervised processes are told, each no more than it needs: the bridge never sees the database or the secret.
struct ServiceEnvironment {
    let api: [String]
    let bridge: [String]

    init(_ options: UpOptions, folder: DataFolder, conninfo: String, tls: TLSFiles) throws {
        let secret = try folder.secret()
        guard let bytes = HexDigits.decode(secret), let keys = InstallationKeys(secret: bytes) else {
            throw StartError("The installation's secret (\(folder.secretFile) or RINGLINK_SECRET_KEY) must be at least 64 lowercase hex digits.")
        }
        let bridgeID = try folder.bridgeID()
        let controlPort = options.controlPort == 0 ? try PortCheck.freePort() : options.controlPort
        // For who looks for a fault (`ringlink doctor`).
        try PrivateFile.write("\(controlPort)\n", to: folder.sockets + "/" + InstallationFacts.controlPortFile)
        // The starter's home is not the service user's: what looks for one finds the data folder.
        let inherited =
            ProcessInfo.processInfo.environment
            .filter {
                ([ProcessLog.levelVariable, ProcessLog.formatVariable].contains($0.key) || !$0.key.hasPrefix("RINGLINK_"))
                    && !["DATABASE_URL", "HOME"].contains($0.key)
            }
            .map { "\($0.key)=\($0.value)" } + ["HOME=\(folder.path)"]
        api =
            inherited + [
                "RINGLINK_DATABASE=\(conninfo)",
                "RINGLINK_SECRET_KEY=\(secret)",
                "\(PolicyOption.variable)=\(try PolicyOption.text(options.policy))",
                "RINGLINK_BIND=\(options.binds.joined(separator: ","))",
                "RINGLINK_PORT=\(options.port)",
                "RINGLINK_ORIGINS=\(options.origins.joined(separator: ","))",
                "RINGLINK_TLS_CERT=\(tls.certificate ?? "")",
                "RINGLINK_TLS_KEY=\(tls.key ?? "")",
                "RINGLINK_BRIDGE_ID=\(bridgeID)",
                "RINGLINK_CONTROL_PORT=\(controlPort)",
            ]
        bridge =
            inherited + [
                "RINGLINK_BRIDGE_ID=\(bridgeID)",
                "RINGLINK_CONTROL_PORT=\(controlPort)",
                "RINGLINK_CONTROL_TO_BRIDGE=\(Self.hex(keys.controlToBridge))",
                "RINGLINK_CONTROL_TO_API=\(Self.hex(keys.controlToAPI))",
                "RINGLINK_MEDIA_PORT=\(options.mediaPort)",
                "RINGLINK_MEDIA_THREADS=\(options.threads)",
                "RINGLINK_PUBLIC_ADDRESSES=\(options.publicAddress.joined(separator: ","))",
                "RINGLINK_SIP_PORT=\(options.sipPort)",
                "RINGLINK_RTP_PORTS=\(options.rtpPorts)",
                "RINGLINK_BRIDGE_FOLDER=\(folder.bridge)",
            ]
    }

    private static func hex(_ key: SymmetricKey) -> String { key.withUnsafeBytes { HexDigits.encode($0) } }
}

/// The other side of `ServiceEnvironment`: how a supervised process reads what it was told.
struct GivenEnvironment {
    private let values = ProcessInfo.processInfo.environment

    func text(_ name: String) throws -> String {
        guard let value = values[name], !value.isEmpty else {
            throw StartError("\(name) is not set; this command is for the supervisor (ringlink up).")
        }
        return value
    }

    func optional(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    func number(_ name: String) throws -> Int {
        guard let number = Int(try text(name)) else { throw StartError("\(name) is not a number.") }
        return number
    }

    func portRange(_ name: String) throws -> ClosedRange<UInt16> {
        let ends = try text(name).split(separator: "-").compactMap { UInt16($0) }
        guard ends.count == 2, ends[0] < ends[1] else { throw StartError("\(name) is not a range of ports.") }
        return ends[0]...ends[1]
    }

    func list(_ name: String) -> [String] { (values[name] ?? "").split(separator: ",").map(String.init) }

    func key(_ name: String) throws -> SymmetricKey {
        guard let bytes = HexDigits.decode(try text(name)), bytes.count >= 32 else { throw StartError("\(name) is not a key of 32 bytes in hex.") }
        return SymmetricKey(data: bytes)
    }
}
