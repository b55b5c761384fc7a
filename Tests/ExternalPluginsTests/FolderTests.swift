import ExternalPlugins
import Foundation
import PipelineSpec
import PluginKit
import TestSupport
import Testing

@Test func aFolderIsAPluginOrHoldsPlugins() throws {
  let folder = try TemporaryFolder()
  try PluginSample.write(to: folder, "all/b", id: "second")
  try PluginSample.write(to: folder, "all/a", id: "first")
  try folder.write("no plugin", to: "all/c/README.md")
  var registry = PluginRegistry()
  try PluginFolders.register(folder.path("all"), in: &registry)
  #expect(registry.ids == ["first", "second"])
  // The same folder by another path is the same plugin.
  try PluginFolders.register(folder.path("all/../all/b"), in: &registry)
  #expect(registry.ids == ["first", "second"])
}

@Test func aPathWithoutPluginsIsNamed() throws {
  let folder = try TemporaryFolder()
  try folder.write("", to: "empty/file")
  var registry = PluginRegistry()
  let (missing, empty) = (folder.path("missing"), folder.path("empty"))
  let sentence = { (path: String) throws -> String in
    do {
      try PluginFolders.register(path, in: &registry)
      return ""
    } catch let error as PluginFolderError {
      return error.description
    }
  }
  #expect(try sentence(missing) == "there is no folder '\(missing)'")
  #expect(
    try sentence(empty)
      == "'\(empty)' holds no plugin: neither it nor a folder in it has a plugin.yaml")
}

@Test func anIdThatIsTakenNamesBothFiles() throws {
  let folder = try TemporaryFolder()
  let first = try PluginSample.write(to: folder, "one", id: "centre")
  let second = try PluginSample.write(to: folder, "two", id: "centre")
  var registry = PluginRegistry()
  try PluginFolders.register(first, in: &registry)
  let real = try #require(registry["centre"]?.folder)
  let error = #expect(throws: PipelineIssues.self) {
    try PluginFolders.register(second, in: &registry)
  }
  #expect(
    error?.description == """
      \(second)/plugin.yaml:1:5: error: the id 'centre' is taken by '\(real)/plugin.yaml'
          1 | id: centre
            |     ^~~~~~ ids are unique
      1 error; nothing was run
      """)
}

@Test func theFingerprintIsOfPathsAndBytesAlone() throws {
  let folder = try TemporaryFolder()
  func fingerprint(_ name: String) throws -> String? {
    try ExternalPlugin(try PluginFile(folder: folder.path(name))).fingerprint()
  }
  try PluginSample.write(to: folder, "one")
  try PluginSample.write(to: folder, "two")
  let before = try fingerprint("one")
  #expect(before?.hasPrefix("sha256:") == true)
  #expect(try fingerprint("two") == before)
  for name in [".venv/lib.py", "__pycache__/centre.pyc", "old.pyc", "more/.hidden"] {
    try folder.write("what tools leave", to: "two/\(name)")
  }
  #expect(try fingerprint("two") == before)
  try folder.write("data", to: "two/more/table.csv")
  let with = try fingerprint("two")
  #expect(with != before)
  try folder.write("Data", to: "two/more/table.csv")
  #expect(try fingerprint("two") != with)
}
