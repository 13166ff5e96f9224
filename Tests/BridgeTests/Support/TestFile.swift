import Foundation

/// A file of one test, in a folder of its own that goes with it.
final class TestFile {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "ringlink-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var path: String { folder.appending(path: "journal").path }

    var text: String {
        get { FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? "" }
        set { _ = FileManager.default.createFile(atPath: path, contents: Data(newValue.utf8)) }
    }
}
