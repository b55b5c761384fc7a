import BuiltInPlugins
import Foundation
import PluginConformance
import PluginKit
import TestSupport
import Testing

private let ids = (try? builtInPlugins().ids) ?? []

/// Folders of Swift plugins bear the name of a module; those of other plugins have a `plugin.yaml`.
@Test func theRegistryHoldsEveryFolderOfSwiftPlugins() throws {
  let plugins = packageRoot.appending(path: "plugins")
  let manager = FileManager.default
  let modules = try manager.contentsOfDirectory(atPath: plugins.path(percentEncoded: false))
    .filter { name in
      let folder = plugins.appending(path: name).path(percentEncoded: false)
      let names = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
      return names.contains { $0.hasSuffix(".swift") }
    }
  #expect(
    try builtInPlugins().ids.map { $0.replacing("-", with: "") }.sorted()
      == modules.map { $0.lowercased() }.sorted())
}

@Test func anIdCanBeTakenOnce() throws {
  var registry = try builtInPlugins()
  let first = try #require(registry.plugins.first)
  let error = #expect(throws: RegistryError.self) { try registry.register(first) }
  #expect(error?.description == "there are two plugins with the id 'baseline'")
}

@Test(arguments: ids)
func aBuiltInPluginKeepsItsPromisesToTheBit(id: String) async throws {
  let plugin = try #require(try builtInPlugins()[id])
  let report = await ConformanceReport(checking: plugin)
  #expect(report.findings.filter(\.isBroken).map(\.description) == [])
}
