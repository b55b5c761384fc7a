/// A loss of a linear head, by the word that users type.
package enum MarginLoss: String, Sendable, CaseIterable {
  case hinge
  case squaredHinge = "squared-hinge"
  case categoricalHinge = "categorical-hinge"
  case crammerSinger = "crammer-singer"
  case softmax
}
