/// The contract of REST, as it was when this was built: the document itself, and the page that is made of it once.
enum ContractAssets {
    static let document = WebAsset("openapi.yaml", PackageResources.openapi_yaml)

    /// A document that cannot be read is shown as it is: a test holds it to being readable.
    static let page: WebAsset = {
        let yaml = String(decoding: PackageResources.openapi_yaml, as: UTF8.self)
        let html = (try? ReferencePage(yaml).html) ?? "<!doctype html><title>Ringlink</title><a href=\"/openapi.yaml\">openapi.yaml</a>"
        return WebAsset("docs.html", Array(html.utf8))
    }()
}
