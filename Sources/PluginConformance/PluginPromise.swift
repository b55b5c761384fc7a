/// A promise of the plugin contract as a program: it looks for what breaks it.
package struct PluginPromise: Sendable {
  /// The promise, in kebab-case; it may be relied upon by scripts.
  package let name: String
  /// What an author does about a broken promise: a sentence without a full stop.
  package let advice: String
  /// Promises without which this one can't be judged.
  let prerequisites: [String]
  let judge: @Sendable (CheckedPlugin) async throws -> Verdict

  init(
    _ name: String, advice: String, after prerequisites: [String] = [],
    judge: @escaping @Sendable (CheckedPlugin) async throws -> Verdict
  ) {
    self.name = name
    self.advice = advice
    self.prerequisites = prerequisites
    self.judge = judge
  }

  /// All promises; each comes after its prerequisites.
  package static let all: [PluginPromise] =
    declarationPromises + tablePromises + repetitionPromises + searchSpacePromises + limitPromises
    + epochPromises + weightPromises + missingValuePromises + scorePromises + statePromises

  /// A promise that needs a plugin which trains at all.
  static func trained(
    _ name: String, advice: String,
    judge: @escaping @Sendable (CheckedPlugin) async throws -> Verdict
  ) -> PluginPromise {
    PluginPromise(name, advice: advice, after: [ordinaryTable], judge: judge)
  }

  /// A promise about equal bytes, which says nothing where equal trainings differ anyway.
  static func repeatable(
    _ name: String, advice: String,
    judge: @escaping @Sendable (CheckedPlugin) async throws -> Verdict
  ) -> PluginPromise {
    PluginPromise(
      name, advice: advice, after: [ordinaryTable, sameSeed, earlierTrainings], judge: judge)
  }

  static let ordinaryTable = "an-ordinary-table-trains"
  static let absentClass = "an-absent-class-trains-or-says-why-not"
  static let earlierTrainings = "earlier-trainings-change-no-byte"
  static let sameSeed = "the-same-seed-gives-the-same-bytes"
}
