import API
import Domain
import Foundation

/// The operator's configuration: `--config PATH`, or `ringlink.conf` in the data folder, under `RINGLINK_…` of the environment.
struct PolicyOption {
    static let fileName = "ringlink.conf"
    /// Under which the supervisor hands the policy to the API process.
    static let variable = "RINGLINK_POLICY"

    private let path: String
    /// `nil`: there is no file, and none was asked for.
    private let bytes: [UInt8]?

    /// A file that the operator has named.
    init(path: String) throws {
        guard let content = FileManager.default.contents(atPath: path) else { throw StartError("The configuration \(path) cannot be read.") }
        self.path = path
        bytes = Array(content)
    }

    /// The file in the data folder, if there is one. To be read as the service user, whose folder it is.
    init(in folder: DataFolder) throws { try self.init(inFolder: folder.path) }

    /// The same for a folder that need not be there yet.
    init(inFolder folder: String) throws {
        path = folder + "/" + Self.fileName
        bytes = FileManager.default.contents(atPath: path).map { Array($0) }
        guard bytes != nil || !FileManager.default.fileExists(atPath: path) else { throw StartError("The configuration \(path) cannot be read.") }
    }

    /// The file that is read, if there is one.
    var file: String? { bytes == nil ? nil : path }

    /// With everything that is wrong.
    var reading: PolicyFile.Reading { PolicyFile.reading(file: bytes, named: path, environment: ProcessInfo.processInfo.environment) }

    /// - Throws: `PolicyFault`, one sentence that names the key or the variable.
    func policy() throws -> Policy {
        try PolicyFile.policy(file: bytes, named: path, environment: ProcessInfo.processInfo.environment)
    }

    /// As the supervisor hands it over.
    static func text(_ policy: Policy) throws -> String { String(decoding: try JSONEncoder().encode(policy), as: UTF8.self) }

    /// As the API process takes it.
    static func policy(_ text: String) throws -> Policy {
        do {
            return try JSONDecoder().decode(Policy.self, from: Data(text.utf8))
        } catch {
            throw StartError("\(variable) is not what the supervisor writes.")
        }
    }
}
