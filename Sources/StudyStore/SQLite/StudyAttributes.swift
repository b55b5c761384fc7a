package import PluginKit
import SystemFiles

/// Where an attribute of the study is.
enum AttributeTable: String {
  case user = "study_user_attributes"
  case system = "study_system_attributes"
}

/// Facts about the study: attributes, each with a digest in an attribute beside it.
extension SQLiteConnection {
  /// A fact, or nil where there is none of that name.
  ///
  /// - Throws: ``TrialStoreError`` if it is not as it was written.
  func fact(_ name: String, in table: AttributeTable) throws(TrialStoreError) -> JSONValue? {
    let text = try attribute(name, in: table)
    let digest = try attribute(Self.digestName(name), in: .system)
    guard text != nil || digest != nil else { return nil }
    guard let text, digest == Self.digest(name, text), let json = try? JSONValue(parsing: text)
    else {
      throw TrialStoreError(path: path, .damaged("'\(name)' is not as it was written"))
    }
    return json.readingAllNumbers
  }

  /// Writes a fact over an older one of that name.
  func writeFact(
    _ name: String, _ value: JSONValue, in table: AttributeTable
  ) throws(TrialStoreError) {
    let text = value.writingAllNumbers.text
    try writeAttribute(name, text, in: table)
    try writeAttribute(Self.digestName(name), Self.digest(name, text), in: .system)
  }

  private func attribute(
    _ name: String, in table: AttributeTable
  ) throws(TrialStoreError) -> String? {
    try rows(
      "SELECT value_json FROM \(table.rawValue) WHERE study_id = 1 AND \"key\" = ?", .text(name)
    ).first?.first?.text
  }

  private func writeAttribute(
    _ name: String, _ text: String, in table: AttributeTable
  ) throws(TrialStoreError) {
    try rows(
      """
      INSERT INTO \(table.rawValue) (study_id, "key", value_json) VALUES (1, ?1, ?2)
      ON CONFLICT (study_id, "key") DO UPDATE SET value_json = ?2
      """, .text(name), .text(text))
  }

  private static func digestName(_ name: String) -> String { "automl:digest:\(name)" }

  private static func digest(_ name: String, _ text: String) -> String {
    JSONValue.string(SHA256.hexDigest(of: Array("\(name)\n\(text)".utf8))).text
  }
}

extension SQLiteTrialStore {
  package func attribute(_ name: String) throws(TrialStoreError) -> JSONValue? {
    try use { state throws(TrialStoreError) in try state.connection.fact(name, in: .user) }
  }

  package func setAttributes(
    _ attributes: [(name: String, value: JSONValue)]
  ) throws(TrialStoreError) {
    try change { state throws(TrialStoreError) in
      for (name, value) in attributes {
        try state.connection.writeFact(name, value, in: .user)
      }
    }
  }
}
