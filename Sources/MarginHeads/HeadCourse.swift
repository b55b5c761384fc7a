/// How the penalty of a block falls to its target.
///
/// Newton's steps from W = 0 straight to a weakly penalised optimum keep changing which rows are active and get
/// nowhere. So λ starts at 0.03, or at the target if that is higher, and is divided by 8 after each step that
/// shows that Newton's model fits. That course is the same for all targets. A block that is on its way to a low
/// λ sends out a copy of itself where the λ of another problem lies between two of its stages: so several
/// penalties share their way, and each has the bits that it would have by itself.
extension HeadBlock {
  /// A way to one λ or to several.
  struct Course {
    var start: Double
    var branches: [Double]
    var target: Double
  }

  /// Where λ starts if the target is lower.
  static let firstPenalty = 0.03

  private static let stageFactor = 8.0

  /// The ways to some penalties: each one from 0.03 on by itself, and the lower ones together.
  static func courses(to penalties: [Double]) -> [Course] {
    let descending = Array(Set(penalties)).sorted(by: >)
    var courses = descending.filter { $0 >= firstPenalty }.map {
      Course(start: $0, branches: [], target: $0)
    }
    let low = descending.filter { $0 < firstPenalty }
    if let last = low.last {
      courses.append(Course(start: firstPenalty, branches: low.dropLast(), target: last))
    }
    return courses
  }

  /// The block at the start of a course.
  func following(_ course: Course) -> HeadBlock {
    var block = self
    block.penalty = course.start
    block.branchPenalties = course.branches
    block.targetPenalty = course.target
    return block
  }

  /// Goes to the target at once.
  ///
  /// - Returns: Blocks for the penalties that lay ahead on the way.
  mutating func leaveCourse() -> [HeadBlock] {
    let ahead = branchPenalties.map { following(Course(start: $0, branches: [], target: $0)) }
    branchPenalties = []
    penalty = targetPenalty
    return ahead
  }

  /// Lowers λ on its way to the target, after a step that shows that Newton's model fits.
  ///
  /// The last direction is a good one for a lower penalty, too, and going further along it costs no pass
  /// over the features.
  ///
  /// - Returns: Blocks for the penalties that were passed on the way.
  mutating func lowerPenalty(after step: Double, along direction: Direction) -> [HeadBlock] {
    guard penalty > targetPenalty, step > 0.3 || step == 0 else { return [] }
    let next = penalty / Self.stageFactor
    var passed: [HeadBlock] = []
    while let branch = branchPenalties.first, branch >= next {
      branchPenalties.removeFirst()
      var block = following(Course(start: branch, branches: [], target: branch))
      _ = block.move(along: direction)
      passed.append(block)
    }
    penalty = max(targetPenalty, next)
    _ = move(along: direction)
    return passed
  }
}
