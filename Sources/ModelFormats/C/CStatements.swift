import PluginKit

/// The statements of a prediction, with the constants and functions that they need.
struct CStatements {
  /// One statement a line, in the order of the graph.
  private(set) var lines: [String] = []
  /// Definitions of constants.
  var tables: [String] = []
  private(set) var functions: [CFunction] = []
  /// How a text is read, by its node.
  private var texts: [Int: String] = [:]

  private let graph: ModelGraph
  let storage: CStorage
  /// How a column of the row is read.
  private let column: (String) -> String

  init(
    _ graph: ModelGraph, isNeeded: [Bool], storage: CStorage, column: @escaping (String) -> String
  ) {
    self.graph = graph
    self.storage = storage
    self.column = column
    for node in graph.nodes.indices where isNeeded[node] { write(node) }
  }

  /// What a node needs beside its result while it works.
  static func scratch(_ node: ModelGraph.Node) -> [(isDouble: Bool, count: Int)] {
    switch node.operation {
    case .affine(let weights, _) where form(of: weights) == .affineBlocks:
      [(true, weights.columnCount)]
    case .neighbourVotes(let votes): [(false, votes.rows.rowCount), (true, votes.classCount)]
    case .treeSum(let ensemble): [(true, ensemble.leaves.columnCount)]
    default: []
    }
  }

  /// How a product with weights is computed: with more than 64 inputs a sum in float alone would lose digits.
  private static func form(of weights: FeatureMatrix) -> CFunction {
    if weights.rowCount <= 64 { return .affine }
    return weights.columnCount < 16 ? .affineDots : .affineBlocks
  }
}

// MARK: Nodes

extension CStatements {
  private mutating func write(_ node: Int) {
    let content = graph.nodes[node]
    let (x, y) = (content.inputs.first.map { place($0.node) } ?? "", place(node))
    let width = content.type.width
    switch content.operation {
    case .numberColumn(let name): lines.append("*(\(y)) = \(column(name));")
    case .textColumn(let name): texts[node] = column(name)
    case .encodedCategory(let encoding): encode(node, content.inputs[0].node, encoding)
    case .filledGaps(let fills):
      let values = table("double", "fills", node, fills.map { CText.double($0 ?? .nan) })
      call(.fill, "fill(\(x), \(width), \(values), \(y));")
    case .markedGaps: loop(width, "\(at(y)) = isnan(\(at(x))) ? 1.0 : 0.0;")
    case .scaled(let centres, let widths):
      let centres = table("double", "centres", node, centres.map(CText.double))
      let widths = table("double", "widths", node, widths.map(CText.double))
      call(.scale, "scale(\(x), \(width), \(centres), \(widths), \(y));")
    case .joined: join(node)
    case .selected(let columns):
      let places = table("int32_t", "columns", node, columns.map { "\($0)" })
      let isDouble = storage.place(node)?.isDouble ?? false
      call(
        isDouble ? .select : .selectFloats,
        "select_\(isDouble ? "numbers" : "floats")(\(x), \(places), \(width), \(y));")
    case .rounded(let allowsGaps):
      call(
        .round,
        "if (!round_to_float(\(x), \(width), \(allowsGaps ? 1 : 0), \(y))) return REFUSED;")
    default: writeModel(node, x, y, width)
    }
  }

  private mutating func writeModel(_ node: Int, _ x: String, _ y: String, _ width: Int) {
    let content = graph.nodes[node]
    let inputs = content.inputs.first.map { graph.nodes[$0.node].type.width } ?? 0
    switch content.operation {
    case .constant(let values):
      let values = table("float", "values", node, values.map(CText.float))
      lines.append("memcpy(\(y), \(values), sizeof \(values));")
    case .affine(let weights, let biases): affine(node, x, y, weights, biases)
    case .elementwise(let function): elementwise(function, x, y, width)
    case .rescaled(let factor, let offset):
      loop(width, "\(at(y)) = \(CText.float(factor)) * \(at(x)) + \(CText.float(offset));")
    case .clamped(let range):
      let (low, high) = (CText.float(range.lowerBound), CText.float(range.upperBound))
      loop(
        width, "\(at(y)) = \(at(x)) < \(low) ? \(low) : \(at(x)) > \(high) ? \(high) : \(at(x));")
    case .sum: combine("+", node, width)
    case .product: combine("*", node, width)
    case .quotient: combine("/", node, width)
    case .softmax(let beta):
      call(.softmax, "softmax(\(x), \(width), \(CText.double(beta)), \(y));")
    case .radialKernel(let kernel, let rows): radial(node, x, y, kernel, rows)
    case .neighbourVotes(let votes): neighbours(node, x, y, votes)
    case .treeSum(let ensemble): trees(node, x, y, ensemble)
    default: preconditionFailure("node \(node) of \(inputs) inputs has no statement in C")
    }
  }

  private mutating func encode(
    _ node: Int, _ text: Int, _ encoding: ModelGraph.CategoryEncoding
  ) {
    func code(_ outcome: ModelGraph.CategoryEncoding.Outcome) -> String {
      switch outcome {
      case .column(let column): "\(column)"
      case .zeros: "ZEROS"
      case .missing: "MISSING"
      case .refused: "REFUSED"
      }
    }
    // A text of C ends at its first zero byte: one that holds such a byte can't be given.
    let known =
      (encoding.categories.map { ($0.text, code($0.outcome)) }
      + encoding.missingTexts.map { ($0, code(encoding.missing)) })
      .filter { !$0.0.utf8.contains(0) }
      .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
    let name = "categories_\(node)"
    var rows = ""
    for (place, category) in known.enumerated() {
      let text = CText.reference(category.0, "\(name)_\(place)", &tables)
      rows += "  {\(text), \(category.1)},\n"
    }
    // An array of C has at least one element.
    if known.isEmpty { rows = "  {\"\", ZEROS},\n" }
    tables.append("static const category \(name)[] = {\n\(rows)};\n")
    let outcome =
      "outcome_of(\(texts[text] ?? "NULL"), \(name), \(known.count), \(code(encoding.missing)), "
      + "\(code(encoding.unseen)))"
    call(
      .category,
      "if (!encode(\(outcome), \(encoding.width), \(place(node)))) return REFUSED;")
  }

  /// Copies what does not lie in its part of the whole.
  private mutating func join(_ node: Int) {
    guard let whole = storage.place(node) else { return }
    var offset = whole.offset
    for input in graph.nodes[node].inputs {
      let width = graph.type(of: input).width
      let part = CStorage.Place(isDouble: whole.isDouble, offset: offset)
      if storage.place(input.node) != part {
        let type = whole.isDouble ? "double" : "float"
        lines.append(
          "memcpy(\(expression(part)), \(place(input.node)), \(width) * sizeof(\(type)));")
      }
      offset += width
    }
  }

  private mutating func affine(
    _ node: Int, _ x: String, _ y: String, _ weights: FeatureMatrix, _ biases: [Float]
  ) {
    let form = Self.form(of: weights)
    let values = form == .affineDots ? weights.columnwise : weights.values
    let w = table("float", "weights", node, values.map(CText.float))
    let b = table("float", "biases", node, biases.map(CText.float))
    let arguments = "\(x), \(weights.rowCount), \(w), \(b), \(biases.count), \(y)"
    switch form {
    case .affineDots: call(form, "affine_dots(\(arguments));")
    case .affineBlocks:
      let sums = storage.scratch(node).map(expression).joined()
      call(form, "affine_blocks(\(arguments), \(sums));")
    default: call(form, "affine(\(arguments));")
    }
  }

  private mutating func elementwise(
    _ function: ModelGraph.Function, _ x: String, _ y: String, _ width: Int
  ) {
    let (from, to) = (at(x), at(y))
    switch function {
    case .relu: loop(width, "\(to) = \(from) > 0.0f ? \(from) : 0.0f;")
    case .tanh: loop(width, "\(to) = tanhf(\(from));")
    case .sigmoid: loop(width, "\(to) = 1.0f / (1.0f + expf(-\(from)));")
    case .exp: loop(width, "\(to) = expf(\(from));")
    case .log: loop(width, "\(to) = logf(\(from));")
    case .absolute: loop(width, "\(to) = fabsf(\(from));")
    case .step: loop(width, "\(to) = \(from) >= 0.0f ? 1.0f : 0.0f;")
    case .cosineOfTurns:
      call(.turns)
      call(.cosine, "cosine_of_turns(\(x), \(width), \(y));")
    case .sineOfTurns:
      call(.turns)
      call(.sine, "sine_of_turns(\(x), \(width), \(y));")
    }
  }

  private mutating func combine(_ sign: String, _ node: Int, _ width: Int) {
    let inputs = graph.nodes[node].inputs.map { place($0.node) }
    loop(width, "\(at(place(node))) = \(at(inputs[0])) \(sign) \(at(inputs[1]));")
  }
}

// MARK: Text

extension CStatements {
  func place(_ node: Int) -> String { storage.place(node).map(expression) ?? "" }

  func expression(_ place: CStorage.Place) -> String {
    let array = place.isDouble ? "u" : "v"
    return place.offset == 0 ? array : "\(array) + \(place.offset)"
  }

  /// The element of a loop in an array that begins at an expression.
  private func at(_ array: String) -> String {
    let parts = array.split(separator: " ")
    return parts.count == 3 ? "\(parts[0])[\(parts[2]) + j]" : "\(array)[j]"
  }

  private mutating func loop(_ count: Int, _ statement: String) {
    lines.append("for (size_t j = 0; j < \(count); j++) \(statement)")
  }

  mutating func call(_ function: CFunction, _ statement: String? = nil) {
    if !functions.contains(function) { functions.append(function) }
    if let statement { lines.append(statement) }
  }

  /// Defines a constant array, and returns its name.
  mutating func table(
    _ type: String, _ name: String, _ node: Int, _ elements: [String]
  ) -> String {
    let name = "\(name)_\(node)"
    var (text, line) = ("", "  ")
    for element in elements {
      if line.utf8.count + element.utf8.count > 97 {
        text += line + "\n"
        line = "  "
      }
      line += element + ", "
    }
    tables.append("static const \(type) \(name)[\(elements.count)] = {\n\(text)\(line)\n};\n")
    return name
  }
}
