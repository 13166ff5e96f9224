/// The contract of REST, as it was when this was built: the document itself, and the page that is made of it once.
package enum ContractAssets {
    static let document = WebAsset("openapi.yaml", PackageResources.openapi_yaml)

    /// Made at the start: a server whose contract cannot be read does not start.
    ///
    /// - Throws: `ContractFault`.
    package static func page() throws -> WebAsset {
        do {
            return WebAsset("docs.html", Array(try ReferencePage(String(decoding: PackageResources.openapi_yaml, as: UTF8.self)).html.utf8))
        } catch {
            throw ContractFault(reason: "\(error)")
        }
    }
}

/// The contract that was built in cannot be read.
package struct ContractFault: Error, CustomStringConvertible {
    let reason: String

    package var description: String { "openapi.yaml, which is built in, cannot be read: \(reason) Build from a whole copy of the repository." }
}
