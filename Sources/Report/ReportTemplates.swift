import Mustache

/// The templates of the page and of the card, which are a part of the program.
struct ReportTemplates: Sendable {
  private let library: MustacheLibrary

  init() throws(ReportError) {
    let files: [(String, [UInt8])] = [
      ("page", PackageResources.page_mustache),
      ("style", PackageResources.style_css),
      ("script", PackageResources.script_js),
      ("chart", PackageResources.chart_mustache),
      ("figure", PackageResources.figure_mustache),
      ("leaderboard", PackageResources.leaderboard_mustache),
      ("search", PackageResources.search_mustache),
      ("winner", PackageResources.winner_mustache),
      ("data", PackageResources.data_mustache),
      ("parallel", PackageResources.parallel_mustache),
      ("strips", PackageResources.strips_mustache),
      ("explanations", PackageResources.explanations_mustache),
      ("svm", PackageResources.svm_mustache),
      ("reproduction", PackageResources.reproduction_mustache),
      ("card", PackageResources.card_mustache),
    ]
    var library = MustacheLibrary()
    for (name, bytes) in files {
      do {
        try library.register(String(decoding: bytes, as: UTF8.self), named: name)
      } catch {
        throw ReportError("the template '\(name)' is broken: \(error)")
      }
    }
    self.library = library
  }

  func render(_ values: TemplateValues, with name: String) throws(ReportError) -> String {
    guard let text = library.render(values, withTemplate: name) else {
      throw ReportError("there is no template '\(name)'")
    }
    return text
  }
}

/// What a template shows: texts, flags, lists, and more of the same kind by name.
typealias TemplateValues = [String: Any]
