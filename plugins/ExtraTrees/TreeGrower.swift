#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import PluginKit

/// How trees are grown.
struct TreeSettings: Sendable {
  /// How many columns are tried at a node, at least 1.
  let columnsTried: Int
  /// The least sum of row weights in a leaf; up to 1 there is no limit.
  let leastLeaf: Double
  let criterion: SplitCriterion
}

/// Grows one extremely randomised tree on all rows.
///
/// At each node some columns are drawn, and for each a threshold, evenly between the smallest and the largest
/// value in the node; the best of these splits is taken. A node is a leaf when its rows are of one class or no
/// column that is left has two values. Rows without a value go to either side by the toss of a coin.
///
/// Costs O(columns tried · n) byte reads for each level of the tree.
///
/// Reference: P. Geurts, D. Ernst and L. Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006,
/// doi:10.1007/s10994-006-6226-1.
struct TreeGrower {
  fileprivate struct Split {
    var column: Int
    /// Rows with codes up to this one go to the first child.
    var bin: UInt8
    var missingGoesFirst: Bool
    var threshold: Float
    var worth: Double
  }

  /// A range of rows that waits for its node; the second child of `parent`, where there is one.
  private struct Task {
    let rows: Range<Int>
    let parent: Int?
  }

  private let features: BinnedFeatures
  private let labels: [Int32]
  private let weights: [Double]
  private let classCount: Int
  private let settings: TreeSettings
  private var generator: SeededGenerator

  private var tree = DecisionTree()
  /// The rows, those of a node side by side.
  private var order: [Int32]
  private var spare: [Int32]
  private var columns: [Int]
  /// The class weights of a split's first side.
  private var firstSide: [Double]

  init(
    _ features: BinnedFeatures, labels: [Int32], weights: [Double], classCount: Int,
    settings: TreeSettings, seed: Seed
  ) {
    self.features = features
    self.labels = labels
    self.weights = weights
    self.classCount = classCount
    self.settings = settings
    generator = seed.generator()
    order = weights.indices.filter { weights[$0] > 0 }.map { Int32($0) }
    spare = order
    columns = Array(features.columns.indices)
    firstSide = Array(repeating: 0, count: classCount)
  }

  /// Grows the tree.
  ///
  /// - Throws: ``TrainingFailure`` if it has more nodes than a model file can number.
  mutating func grow(checkpoint: () throws -> Void) throws -> DecisionTree {
    var tasks = [Task(rows: 0..<order.count, parent: nil)]
    while let task = tasks.popLast() {
      // A node of many rows takes long; small ones are not worth a look at the clock.
      if task.rows.count > 1 << 14 { try checkpoint() }
      let node = tree.nodes.count
      guard node < Self.mostNodes else {
        throw TrainingFailure(
          "a tree has more than \(Self.mostNodes) nodes; a larger min_leaf would do")
      }
      if let parent = task.parent { tree.nodes[parent].next = Int32(node) }
      let sums = classWeights(task.rows)
      guard let split = bestSplit(task.rows, sums) else {
        addLeaf(sums)
        continue
      }
      let middle = divide(task.rows, by: split)
      tree.nodes.append(
        .init(
          column: Int32(split.column), threshold: split.threshold, next: 0,
          missingGoesFirst: split.missingGoesFirst))
      tasks.append(Task(rows: middle..<task.rows.upperBound, parent: node))
      tasks.append(Task(rows: task.rows.lowerBound..<middle, parent: nil))
    }
    return tree
  }

  /// Files hold numbers of nodes as Float.
  private static let mostNodes = 1 << 24

  private func classWeights(_ rows: Range<Int>) -> [Double] {
    var sums = [Double](repeating: 0, count: classCount)
    for place in rows {
      let row = Int(order[place])
      sums[Int(labels[row])] += weights[row]
    }
    return sums
  }

  private mutating func addLeaf(_ sums: [Double]) {
    let total = sums.reduce(0, +)
    tree.nodes.append(.leaf(tree.shares.count / classCount))
    tree.shares += sums.map { Float($0 / total) }
  }

  /// The best of the random splits; nil for a leaf.
  private mutating func bestSplit(_ rows: Range<Int>, _ sums: [Double]) -> Split? {
    guard sums.count(where: { $0 > 0 }) > 1 else { return nil }
    var best: Split?
    var tried = 0
    for place in columns.indices where tried < settings.columnsTried {
      columns.swapAt(place, place + generator.index(below: columns.count - place))
      guard var split = randomSplit(columns[place], rows) else { continue }
      tried += 1
      guard let worth = worth(of: split, rows, sums) else { continue }
      split.worth = worth
      if best.map({ worth > $0.worth }) ?? true { best = split }
    }
    return best
  }

  /// A random threshold between the values of a column; nil if all rows have the same.
  private mutating func randomSplit(_ column: Int, _ rows: Range<Int>) -> Split? {
    let (least, largest, hasMissing) = codeRange(column, rows)
    guard least < largest || (hasMissing && least == largest) else { return nil }
    let bins = features.columns[column]
    guard least < largest else {
      // The only question is whether there is a value.
      return Split(
        column: column, bin: least, missingGoesFirst: false, threshold: .greatestFiniteMagnitude,
        worth: 0)
    }
    let (low, high) = (bins.highs[Int(least)], bins.lows[Int(largest)])
    let share = Float(generator.uniform())
    let bin = min(bins.bin(below: low * (1 - share) + high * share), Int(largest) - 1)
    return Split(
      column: column, bin: UInt8(max(bin, Int(least))),
      missingGoesFirst: hasMissing && generator.uniform() < 0.5,
      threshold: bins.threshold(after: max(bin, Int(least))), worth: 0)
  }

  /// The smallest and the largest code in a range of rows, and whether any of them has no value.
  private func codeRange(_ column: Int, _ rows: Range<Int>) -> (UInt8, UInt8, Bool) {
    features.codes.withUnsafeBufferPointer { codes in
      order.withUnsafeBufferPointer { order in
        var (least, largest, hasMissing) = (UInt8.max, UInt8.min, false)
        let first = column * features.rowCount
        for place in rows {
          let code = codes[first + Int(order[place])]
          if code == BinnedFeatures.missing {
            hasMissing = true
          } else {
            least = min(least, code)
            largest = max(largest, code)
          }
        }
        return (least, largest, hasMissing)
      }
    }
  }

  /// How pure the two sides are; nil if one of them is too small.
  private mutating func worth(
    of split: Split, _ rows: Range<Int>, _ sums: [Double]
  ) -> Double? {
    sumFirstSide(of: split, rows)
    let (total, first) = (sums.reduce(0, +), firstSide.reduce(0, +))
    let smaller = min(first, total - first)
    guard smaller > 0, settings.leastLeaf <= 1 || smaller >= settings.leastLeaf else { return nil }
    return settings.criterion.purity(classCount, first) { firstSide[$0] }
      + settings.criterion.purity(classCount, total - first) { sums[$0] - firstSide[$0] }
  }

  private mutating func sumFirstSide(of split: Split, _ rows: Range<Int>) {
    for index in firstSide.indices { firstSide[index] = 0 }
    let start = split.column * features.rowCount
    features.codes.withUnsafeBufferPointer { codes in
      order.withUnsafeBufferPointer { order in
        labels.withUnsafeBufferPointer { labels in
          weights.withUnsafeBufferPointer { weights in
            firstSide.withUnsafeMutableBufferPointer { sums in
              for place in rows {
                let row = Int(order[place])
                if split.sendsFirst(codes[start + row]) { sums[Int(labels[row])] += weights[row] }
              }
            }
          }
        }
      }
    }
  }

  /// Puts the rows of the first child before those of the second, both in their old order.
  private mutating func divide(_ rows: Range<Int>, by split: Split) -> Int {
    let start = split.column * features.rowCount
    var (front, back) = (rows.lowerBound, 0)
    for place in rows {
      let row = order[place]
      if split.sendsFirst(features.codes[start + Int(row)]) {
        order[front] = row
        front += 1
      } else {
        spare[back] = row
        back += 1
      }
    }
    for place in 0..<back { order[front + place] = spare[place] }
    return front
  }
}

extension TreeGrower.Split {
  @inline(__always)
  fileprivate func sendsFirst(_ code: UInt8) -> Bool {
    code == BinnedFeatures.missing ? missingGoesFirst : code <= bin
  }
}

/// How the purity of a node's rows is measured.
enum SplitCriterion: String, CaseIterable, Sendable {
  case gini
  case entropy

  /// The purity of a side times its weight: up to a constant, minus its impurity; larger is better.
  @inline(__always)
  func purity(_ classCount: Int, _ total: Double, _ weight: (Int) -> Double) -> Double {
    var sum = 0.0
    for index in 0..<classCount {
      let weight = weight(index)
      switch self {
      case .gini: sum += weight * weight / total
      case .entropy: sum += weight > 0 ? weight * log(weight / total) : 0
      }
    }
    return sum
  }
}
