/// A function of a source file, with the types it needs; it is written only where a model needs it.
struct CFunction: Equatable {
  let text: String

  init(_ text: String) { self.text = text }

  /// All functions, each after those that it calls.
  static let all = [
    category, fill, scale, select, round, selectFloats, affine, affineBlocks, affineDots, turns,
    cosine, sine,
    softmax, squaredDistances, absoluteDistances, powerLessOne, votes, trees, largest,
  ]
}
