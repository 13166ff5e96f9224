import Crypto

/// The separate keys of an installation, each derived from its one secret by HKDF-SHA256 (RFC 5869) under its own label.
///
/// A label is part of the format: changing one changes the key.
public struct InstallationKeys: Sendable {
    /// Bytes that a secret must have at least; fewer would be weaker than the keys made from it.
    public static let minimumSecretBytes = 32

    /// Signs what the web side asks of the bridge.
    public let controlToBridge: SymmetricKey
    /// Signs what the bridge answers.
    public let controlToAPI: SymmetricKey
    /// Seals resume tokens.
    public let resume: SymmetricKey
    /// Encrypts trunk passwords, signing keys and webhook secrets in the database.
    public let atRest: SymmetricKey

    /// `nil` if the secret is too short.
    public init?(secret: [UInt8]) {
        guard secret.count >= Self.minimumSecretBytes else { return nil }
        let material = SymmetricKey(data: secret)
        func key(_ label: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(inputKeyMaterial: material, info: Array(label.utf8), outputByteCount: 32)
        }
        controlToBridge = key("ringlink v1 control api to bridge")
        controlToAPI = key("ringlink v1 control bridge to api")
        resume = key("ringlink v1 resume token")
        atRest = key("ringlink v1 encryption at rest")
    }
}
