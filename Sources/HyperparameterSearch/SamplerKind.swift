/// How a search chooses its next point, by the word that users type in `search.use`.
package enum SamplerKind: String, Sendable, CaseIterable {
  case tpe
  case random
  case grid
}
