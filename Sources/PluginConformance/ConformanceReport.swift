package import PluginKit

/// How a plugin keeps the promises of the contract.
package struct ConformanceReport: Sendable {
  /// What the plugin says about itself.
  package let manifest: PluginManifest
  /// A finding for each promise, in the order of ``PluginPromise/all``.
  package let findings: [Finding]

  /// Whether no promise is broken.
  package var isKept: Bool { !findings.contains(where: \.isBroken) }

  /// Looks for broken promises of a plugin: some hundred trainings on tables of at most 2,000 rows.
  ///
  /// - Parameters:
  ///   - plugin: The plugin.
  ///   - tolerance: The largest difference of equal scores, relative to the largest score: 0 for plugins
  ///     of this program, 1e-6 for those of other processes.
  ///   - trainingSeconds: How long one training may take, with the start of a process and its libraries.
  ///   - onPromise: Told the name of each promise before it is looked at.
  package init(
    checking plugin: any ModelPlugin, tolerance: Float = 0, trainingSeconds: Double = 300,
    onPromise: (String) -> Void = { _ in }
  ) async {
    manifest = plugin.manifest
    let subject = CheckedPlugin(plugin, tolerance: tolerance, trainingSeconds: trainingSeconds)
    var findings: [Finding] = []
    for promise in PluginPromise.all {
      onPromise(promise.name)
      let verdict: Verdict
      if let obstacle = findings.first(where: {
        $0.isBroken && promise.prerequisites.contains($0.promise)
      }) {
        verdict = .untested("it can't be judged while \(obstacle.promise) is broken")
      } else {
        verdict = await promise.verdict(on: subject)
      }
      findings.append(Finding(promise: promise.name, verdict: verdict, advice: promise.advice))
    }
    self.findings = findings
  }

  /// The report as an object of `version` 1.
  package var json: JSONValue {
    func count(_ word: String) -> JSONValue {
      .integer(findings.count { $0.verdict.word == word })
    }
    return .object([
      ("version", .integer(1)),
      ("plugin", .string(manifest.id)),
      ("plugin_version", .integer(manifest.version)),
      ("broken", count("broken")),
      ("refused", count("refused")),
      ("kept", count("kept")),
      ("untested", count("untested")),
      ("findings", .array(findings.map(\.json))),
    ])
  }
}

extension PluginPromise {
  /// The verdict; an error that no check expects breaks the promise, with what it says.
  fileprivate func verdict(on subject: CheckedPlugin) async -> Verdict {
    do {
      return try await judge(subject)
    } catch {
      return .broken([subject.inWords(error)])
    }
  }
}

extension Finding {
  fileprivate var json: JSONValue {
    .object([
      ("promise", .string(promise)),
      ("verdict", .string(verdict.word)),
      ("evidence", .array(verdict.evidence.map { .string($0) })),
      ("advice", isBroken ? .string(advice) : .null),
    ])
  }
}
