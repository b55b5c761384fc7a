/// The plugins that a program knows, by id.
public struct PluginRegistry: Sendable {
  /// The version of the contract between this program and its plugins.
  public static let interfaceVersion = 1

  /// The plugins in the order in which they were registered.
  public private(set) var plugins: [any ModelPlugin] = []

  public init() {}

  /// The ids in the order of registration.
  public var ids: [String] { plugins.map(\.manifest.id) }

  /// Adds a plugin.
  ///
  /// - Throws: ``RegistryError`` if its id is taken or it needs a newer program.
  public mutating func register(_ plugin: any ModelPlugin) throws(RegistryError) {
    let manifest = plugin.manifest
    guard manifest.interfaceVersion <= Self.interfaceVersion else {
      throw RegistryError(
        "'\(manifest.id)' needs plugin interface \(manifest.interfaceVersion), and this program has "
          + "\(Self.interfaceVersion)")
    }
    guard self[manifest.id] == nil else {
      throw RegistryError("there are two plugins with the id '\(manifest.id)'")
    }
    plugins.append(plugin)
  }

  /// The plugin with an id, or nil.
  public subscript(id: String) -> (any ModelPlugin)? {
    plugins.first { $0.manifest.id == id }
  }
}

/// Why a plugin could not be registered.
public struct RegistryError: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
