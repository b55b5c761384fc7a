package import PluginKit

/// A run as people look at it: a document, and a page and a card that show what stands in it.
///
/// The page knows nothing but the document, so that both always say the same.
package struct RunReport: Sendable, Equatable {
  /// The version of the document that this program writes; it shows this one and older ones.
  package static let version = 1

  /// What stands in `report.json`; everything that a clock or a machine decides is under `timings`.
  package let document: JSONValue

  /// Makes the report of a run.
  ///
  /// - Parameters:
  ///   - facts: What the run knows of itself.
  ///   - seed: Decides on the draws of bootstrap intervals.
  package init(_ facts: RunFacts, seed: Seed) {
    document = ReportDocument(facts: facts, seed: seed).json
  }

  /// Takes a document that an earlier run wrote.
  ///
  /// - Throws: ``ReportError`` if it is none, or of a later version.
  package init(document: JSONValue) throws(ReportError) {
    guard let version = document["version"]?.integer, document["entries"]?.array != nil else {
      throw ReportError("it is no report of this program")
    }
    guard version <= Self.version else {
      throw ReportError("it has version \(version), and this program shows up to \(Self.version)")
    }
    self.document = document
  }

  /// The contents of `report.html`: one file that needs no other and no network.
  ///
  /// - Throws: ``ReportError`` if a template is broken.
  package func page() throws(ReportError) -> String {
    try ReportTemplates().render(ReportPage(ReportNode(document)).values, with: "page")
  }

  /// The contents of `MODEL_CARD.md`.
  ///
  /// - Throws: ``ReportError`` if a template is broken.
  package func card() throws(ReportError) -> String {
    try ReportTemplates().render(ModelCard(ReportNode(document)).values, with: "card")
  }
}

/// A report that can't be made or shown.
package struct ReportError: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
