/// What was found out about a promise.
package enum Verdict: Sendable, Equatable {
  /// Nothing that was tried breaks it; the text says what was tried.
  case kept(String)
  /// The plugin says that it can't, with this reason, and does nothing wrong.
  case refused(String)
  /// What breaks it, a sentence each; at least one.
  case broken([String])
  /// Nothing was tried, for this reason.
  case untested(String)

  /// Broken by the findings, or kept where there is none.
  static func broken(by findings: [String], otherwise evidence: String) -> Verdict {
    findings.isEmpty ? .kept(evidence) : .broken(findings)
  }

  /// The word for people and files.
  package var word: String {
    switch self {
    case .kept: "kept"
    case .refused: "refused"
    case .broken: "broken"
    case .untested: "untested"
    }
  }

  /// What was tried or found, a sentence each.
  package var evidence: [String] {
    switch self {
    case .kept(let text), .refused(let text), .untested(let text): [text]
    case .broken(let findings): findings
    }
  }
}

/// A promise of the plugin contract, and whether a plugin keeps it.
package struct Finding: Sendable, Equatable, CustomStringConvertible {
  /// The promise's name, in kebab-case.
  package let promise: String
  package let verdict: Verdict
  /// What an author does about a broken promise.
  package let advice: String

  package var isBroken: Bool { if case .broken = verdict { true } else { false } }

  package var description: String {
    "\(promise) is \(verdict.word): " + verdict.evidence.joined(separator: "; ")
  }
}
