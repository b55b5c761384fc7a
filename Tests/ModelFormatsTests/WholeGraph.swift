import PluginKit

/// A graph with every operation, and rows for it: what formats are tested with.
struct WholeGraph {
  private(set) var graph = ModelGraph()
  let scores: ModelGraph.Value
  let probabilities: ModelGraph.Value
  let classes = ["yes", "001", "a \"b\" \\ ??/ */ ü"]

  /// Names that are no identifiers, words of languages, and alike once they are made identifiers.
  static let numbers = ["size, cm", "class", "größe \"x\"\\", "a.b", "a b", "??/", "NAN", "2nd"]
  static let texts = ["colour */ /*", "char"]

  init() {
    var generator = Seed(11).keyed("whole graph").generator()
    func normals(_ count: Int, _ scale: Double = 1) -> [Float] {
      (0..<count).map { _ in Float(generator.normal() * scale) }
    }
    func matrix(_ rows: Int, _ columns: Int, _ scale: Double = 1) -> FeatureMatrix {
      FeatureMatrix(rowCount: rows, columnCount: columns, values: normals(rows * columns, scale))
    }
    let features = Self.features(&graph)
    let width = graph.type(of: features).width

    // Fourier features and the functions of networks.
    let turns = graph.append(
      .affine(weights: matrix(width, 70, 0.3), biases: normals(70)), features)
    let waves = graph.append(
      .joined, graph.append(.elementwise(.cosineOfTurns), turns),
      graph.append(.elementwise(.sineOfTurns), turns))
    let order = (0..<140).map { $0 % 2 * 70 + $0 / 2 }
    var sum = graph.append(
      .affine(weights: matrix(140, 3), biases: normals(3)), graph.append(.selected(order), waves))
    for function in ModelGraph.Function.allCases where function != .log {
      let inner = graph.append(
        .affine(weights: matrix(width, 5, 0.4), biases: normals(5)), features)
      let outer = graph.append(.elementwise(function), inner)
      sum = graph.append(
        .sum, sum, graph.append(.affine(weights: matrix(5, 3), biases: normals(3)), outer))
    }
    let wide = graph.append(.affine(weights: matrix(140, 20, 0.2), biases: normals(20)), waves)
    sum = graph.append(
      .sum, sum, graph.append(.affine(weights: matrix(20, 3, 0.3), biases: normals(3)), wide))
    // Kernels, neighbours and trees.
    for distance in [RadialKernel.Distance.squaredEuclidean, .absolute] {
      let values = graph.append(
        .radialKernel(RadialKernel(distance, rate: 0.15), rows: matrix(90, width)), features)
      sum = graph.append(
        .sum, sum, graph.append(.affine(weights: matrix(90, 3, 0.3), biases: normals(3)), values))
    }
    for (distance, importance) in [
      (RadialKernel.Distance.absolute, ModelGraph.NeighbourVotes.Importance.equal),
      (.squaredEuclidean, .nearness),
    ] {
      let votes = ModelGraph.NeighbourVotes(
        rows: matrix(40, width), labels: (0..<40).map { Int32($0 % 3) },
        weights: (0..<40).map { Float($0 % 4) / 2 + 0.25 }, classCount: 3, count: 5,
        distance: distance, importance: importance)
      sum = graph.append(.sum, sum, graph.append(.neighbourVotes(votes), features))
    }
    sum = graph.append(.sum, sum, graph.append(.treeSum(Self.trees(width)), features))
    // Arithmetic of ensembles.
    let soft = graph.append(.softmax(inverseTemperature: 0.25), sum)
    let share = graph.append(.rescaled(factor: 0.5, offset: 0.125), soft)
    let logarithm = graph.append(
      .elementwise(.log), graph.append(.clamped(1e-30...1), share))
    let weights = graph.append(.constant([1, 2, 0.5]), features)
    let product = graph.append(.product, logarithm, weights)
    scores = graph.append(
      .sum, sum, graph.append(.quotient, product, graph.append(.sum, weights, weights)))
    probabilities = graph.append(.softmax(inverseTemperature: 0.1), scores)
  }

  /// Columns that are filled, marked, scaled and encoded.
  private static func features(_ graph: inout ModelGraph) -> ModelGraph.Value {
    var parts: [ModelGraph.Value] = []
    for (place, name) in numbers.enumerated() {
      let column = graph.append(.numberColumn(name))
      let filled = graph.append(.filledGaps([place == 3 ? nil : Double(place) / 3]), column)
      let whole = place == 3 ? graph.append(.filledGaps([0.75]), filled) : filled
      parts.append(graph.append(.scaled(centres: [0.1], widths: [1.7]), whole))
      if place % 3 == 0 { parts.append(graph.append(.markedGaps, column)) }
    }
    let words = ["red", "green", "déjà \"vu\" ??/\\", String(repeating: "long ", count: 900)]
    for (place, name) in texts.enumerated() {
      let encoding = ModelGraph.CategoryEncoding(
        categories: words.enumerated().map { .init($1, $0 == 1 ? .zeros : .column($0)) },
        missingTexts: ["", "NA", "?"], missing: place == 0 ? .column(1) : .missing,
        unseen: place == 0 ? .zeros : .column(3), width: 4)
      let column = graph.append(.textColumn(name))
      let encoded = graph.append(.encodedCategory(encoding), column)
      parts.append(graph.append(.filledGaps([nil, 0.5, 0.25, 0]), encoded))
    }
    // The one place where a gap may stay.
    let joined = graph.append(.joined, parts)
    let filled = graph.append(
      .filledGaps([Double?](repeating: 0.5, count: graph.type(of: joined).width)), joined)
    let order = Array((0..<graph.type(of: filled).width).reversed())
    return graph.append(.rounded(allowsGaps: false), graph.append(.selected(order), filled))
  }

  private static func trees(_ width: Int) -> ModelGraph.TreeEnsemble {
    let trees: [[ModelGraph.TreeEnsemble.Node]] = (0..<width).map { column in
      [
        .init(column: column, threshold: 0.3, missingGoesFirst: true, first: 1, second: 2),
        .init(leaf: column % 4),
        .init(
          column: (column + 3) % width, threshold: -0.2, missingGoesFirst: false, first: 3,
          second: 4),
        .init(leaf: (column + 1) % 4), .init(leaf: (column + 2) % 4),
      ]
    }
    let leaves: [Float] = [0.5, 0, -0.25, 1, 0.125, 0, -0.5, 0.75, 0.25, 0, 1, -1]
    return ModelGraph.TreeEnsemble(
      trees: trees, leaves: FeatureMatrix(rowCount: 4, columnCount: 3, values: leaves),
      featureCount: width)
  }

  /// Rows with gaps, and with known, unseen and missing texts.
  static func rows(_ count: Int) -> GraphRows {
    var generator = Seed(12).keyed("rows").generator()
    var rows = GraphRows(rowCount: count)
    for name in numbers {
      rows.numbers[name] = (0..<count).map { row in
        row % 7 == name.count % 7 ? .nan : generator.normal() * 2
      }
    }
    let words: [String?] = ["red", "green", "déjà \"vu\" ??/\\", nil, "NA", "mauve", "", "Red"]
    for (place, name) in texts.enumerated() {
      rows.texts[name] = (0..<count).map { words[($0 + place * 3) % words.count] }
    }
    return rows
  }
}
