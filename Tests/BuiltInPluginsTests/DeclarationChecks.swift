import PluginKit

/// What a manifest promises.
let declarationChecks = [
  PluginCheck(name: "id-is-kebab-case") { plugin in
    plugin.manifest.id.isWord(separator: "-") ? [] : [Finding(plugin.manifest.id)]
  },
  PluginCheck(name: "parameters-are-snake-case-and-unique") { plugin in
    let names = plugin.manifest.parameters.map(\.name)
    return names.filter { !$0.isWord(separator: "_") }.map { Finding($0) }
      + (Set(names).count == names.count ? [] : [Finding("a name is declared twice")])
  },
  PluginCheck(name: "words-are-kebab-case") { plugin in
    plugin.manifest.parameters.flatMap { declaration -> [Finding] in
      guard case .choice(let words) = declaration.kind else { return [] }
      return words.filter { !$0.isWord(separator: "-") }
        .map { Finding("\(declaration.name): \($0)") }
    }
  },
  PluginCheck(name: "texts-are-sentences-without-a-full-stop") { plugin in
    ([plugin.manifest.summary] + plugin.manifest.parameters.map(\.summary))
      .filter { $0.isEmpty || $0.hasSuffix(".") || $0.hasSuffix(" ") }.map { Finding("'\($0)'") }
  },
  PluginCheck(name: "versions-are-positive-and-known") { plugin in
    plugin.manifest.version >= 1
      && (1...PluginRegistry.interfaceVersion).contains(plugin.manifest.interfaceVersion)
      ? [] : [Finding("\(plugin.manifest.version), \(plugin.manifest.interfaceVersion)")]
  },
  PluginCheck(name: "defaults-are-allowed-and-do-not-conflict") { plugin in
    let declarations = plugin.manifest.parameters
    return declarations.filter { !$0.allows($0.defaultValue) }.map { Finding($0.name) }
      + plugin.conflicts(in: ParameterValues(declarations)).map { Finding($0.message) }
  },
  PluginCheck(name: "searched-values-are-allowed") { plugin in
    plugin.manifest.parameters.flatMap { declaration in
      (declaration.searched?.corners ?? []).filter { !declaration.allows($0) }
        .map { Finding("\(declaration.name): \($0)") }
    }
  },
  PluginCheck(name: "conditions-point-to-earlier-parameters") { plugin in
    let declarations = plugin.manifest.parameters
    return declarations.indices.compactMap { place in
      guard let condition = declarations[place].condition else { return nil }
      let earlier = declarations[..<place].first { $0.name == condition.parameter }
      let isKnown = earlier.map { condition.isOneOf.allSatisfy($0.allows) } ?? false
      return isKnown ? nil : Finding("\(declarations[place].name) when \(condition.parameter)")
    }
  },
]

extension Domain {
  /// The ends of a range, or all values of a choice.
  var corners: [ParameterValue] {
    switch self {
    case .integer(let range, _): [.integer(range.lowerBound), .integer(range.upperBound)]
    case .real(let range, _): [.real(range.lowerBound), .real(range.upperBound)]
    case .choice(let values): values
    }
  }
}

extension String {
  /// Whether this is lower-case words of letters and digits, joined by one kind of separator.
  fileprivate func isWord(separator: Character) -> Bool {
    split(separator: separator, omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty
        && part.utf8.allSatisfy {
          (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
    } && first?.isLetter ?? false
  }
}
