/// What this build calls itself.
enum Build {
    static let version = "0.1.0"
    static let stamp = "ringlink/\(version)"
}
