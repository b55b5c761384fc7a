import PluginKit

/// What a manifest promises.
let declarationPromises = [
  declaration(
    "id-is-kebab-case", evidence: { "the id is '\($0.id)'" },
    advice: "use lower-case words of letters and digits, joined by hyphens"
  ) { manifest in
    isName(manifest.id, separator: "-") ? [] : ["the id is '\(manifest.id)'"]
  },
  declaration(
    "parameters-are-snake-case-and-unique",
    evidence: { counted($0.parameters.count, "parameter") },
    advice: "name each parameter once, by lower-case words joined by underscores"
  ) { manifest in
    let names = manifest.parameters.map(\.name)
    return names.filter { !isName($0, separator: "_") }.map { "there is a parameter '\($0)'" }
      + names.indices.filter { names[..<$0].contains(names[$0]) }
      .map { "'\(names[$0])' is declared more than once" }
  },
  declaration(
    "words-are-kebab-case", evidence: { counted($0.words.count, "word") + " in choices" },
    advice: "use lower-case words joined by hyphens: pipelines accept underscores for them"
  ) { manifest in
    manifest.words.filter { !isName($0.word, separator: "-") }
      .map { "\($0.parameter) has the word '\($0.word)'" }
  },
  declaration(
    "texts-are-sentences-without-a-full-stop",
    evidence: { counted($0.parameters.count + 1, "text") },
    advice: "say in a few words what it is, without a full stop"
  ) { manifest in
    ([("the plugin", manifest.summary)] + manifest.parameters.map { ($0.name, $0.summary) })
      .filter { $0.1.isEmpty || $0.1.hasSuffix(".") || $0.1.hasSuffix(" ") }
      .map { "the summary of \($0.0) is '\($0.1)'" }
  },
  declaration(
    "versions-are-positive-and-known",
    evidence: { "version \($0.version) for interface \($0.interfaceVersion)" },
    advice: "count versions from 1, and raise the plugin's when equal seeds give other models"
  ) { manifest in
    let known = 1...PluginRegistry.interfaceVersion
    return (manifest.version >= 1 ? [] : ["the plugin's version is \(manifest.version)"])
      + (known.contains(manifest.interfaceVersion)
        ? []
        : [
          "it is made for interface \(manifest.interfaceVersion), and there is \(known.upperBound)"
        ])
  },
  declaration(
    "searched-values-are-allowed",
    evidence: { counted($0.parameters.count { $0.searched != nil }, "searched parameter") },
    advice: "let the default search stay within the declared range"
  ) { manifest in
    manifest.parameters.flatMap { declaration in
      (declaration.searched?.ends ?? []).filter { !declaration.allows($0) }
        .map { "\(declaration.name): \($0) is searched, but must be \(declaration.allowed)" }
    }
  },
  declaration(
    "conditions-point-to-earlier-parameters",
    evidence: { counted($0.parameters.count { $0.condition != nil }, "condition") },
    advice: "declare a parameter after the one that it depends on, and name values that it can have"
  ) { manifest in
    let declarations = manifest.parameters
    return declarations.indices.compactMap { place in
      guard let condition = declarations[place].condition else { return nil }
      let earlier = declarations[..<place].first { $0.name == condition.parameter }
      guard let earlier else {
        return
          "\(declarations[place].name) depends on '\(condition.parameter)', which is no earlier one"
      }
      return condition.isOneOf.first { !earlier.allows($0) }
        .map { "\(declarations[place].name) depends on \(earlier.name): \($0), which can't be" }
    }
  },
  PluginPromise(
    "defaults-are-allowed-and-do-not-conflict",
    advice: "choose defaults that train as they are"
  ) { subject in
    let declarations = subject.manifest.parameters
    return .broken(
      by: declarations.filter { !$0.allows($0.defaultValue) }
        .map { "\($0.name): \($0.defaultValue) is the default, but must be \($0.allowed)" }
        + subject.plugin.conflicts(in: ParameterValues(declarations)).map(\.message),
      otherwise: counted(declarations.count, "default"))
  },
]

private func declaration(
  _ name: String, evidence: @escaping @Sendable (PluginManifest) -> String, advice: String,
  findings: @escaping @Sendable (PluginManifest) -> [String]
) -> PluginPromise {
  PluginPromise(name, advice: advice) { subject in
    .broken(by: findings(subject.manifest), otherwise: evidence(subject.manifest))
  }
}

/// A number and a noun, such as `1 parameter` or `no parameters`.
func counted(_ count: Int, _ noun: String) -> String {
  count == 1 ? "1 \(noun)" : "\(count == 0 ? "no" : "\(count)") \(noun)s"
}

extension PluginManifest {
  fileprivate var words: [(parameter: String, word: String)] {
    parameters.flatMap { declaration -> [(parameter: String, word: String)] in
      guard case .choice(let words) = declaration.kind else { return [] }
      return words.map { (declaration.name, $0) }
    }
  }
}
