package import Foundation

/// A new, empty folder that is removed with everything in it when the last reference to it goes.
///
/// Keep a reference for as long as the folder is needed: `let folder = try TemporaryFolder()` and then
/// `withExtendedLifetime(folder)` where only paths are used after it.
package final class TemporaryFolder: Sendable {
  /// Where the folder is.
  package let url: URL

  /// Makes the folder below the system's place for temporary files.
  package init() throws {
    url = FileManager.default.temporaryDirectory.appending(
      path: "automl-test-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of the folder, without a slash at the end.
  package var path: String { url.path(percentEncoded: false).trimmingSlash }

  /// The path of something in the folder, which need not exist.
  package func path(_ name: String) -> String { path + "/" + name }

  /// Writes a file, with the folders that lead to it, and returns its path.
  @discardableResult
  package func write(_ text: String, to name: String) throws -> String {
    try write(Data(text.utf8), to: name)
  }

  /// Writes a file of bytes, with the folders that lead to it, and returns its path.
  @discardableResult
  package func write(_ bytes: Data, to name: String) throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try bytes.write(to: file)
    return path(name)
  }

  /// The bytes of a file in the folder.
  package func data(_ name: String) throws -> Data {
    try Data(contentsOf: url.appending(path: name))
  }

  /// The text of a file in the folder; bytes that are not UTF-8 are replaced.
  package func text(_ name: String) throws -> String {
    String(decoding: try data(name), as: UTF8.self)
  }

  /// Whether a file or folder of that name exists.
  package func contains(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: path(name))
  }
}

extension String {
  fileprivate var trimmingSlash: String { hasSuffix("/") && count > 1 ? String(dropLast()) : self }
}
