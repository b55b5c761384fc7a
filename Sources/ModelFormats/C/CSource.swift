import PluginKit

/// A model as C99: a header and a source file without dependencies but the mathematical library.
///
/// A prediction allocates nothing and has no state: what it works in is given to it. Numbers of the table
/// become features in double, everything after that is float, with sums of many numbers in blocks.
package struct CSource: Sendable, Equatable {
  /// The text of the header, `<name>.h`.
  package let header: String
  /// The text of the source file, `<name>.c`, which includes the header.
  package let source: String

  /// Writes a model.
  ///
  /// - Parameters:
  ///   - prediction: The model from the columns of a table to probabilities.
  ///   - name: What files are called, without `.c`; functions are called so, too, with `_` for what is no letter
  ///     or digit.
  package init(_ prediction: PredictionGraph, name: String) {
    let (graph, scores) = (prediction.graph, prediction.scores)
    let probabilities = prediction.probabilities
    var identifiers = CIdentifiers()
    let prefix = identifiers.identifier(for: name)
    let columns = CColumns(graph)
    let isNeeded = graph.ancestors(of: [scores, probabilities])
    let storage = CStorage(
      graph, isNeeded: isNeeded, results: [scores.node, probabilities.node],
      scratch: CStatements.scratch)
    let statements = CStatements(
      graph, isNeeded: isNeeded, storage: storage, column: columns.expression)
    let writing = CWriting(
      name: name, prefix: prefix, classes: prediction.classes, columns: columns, storage: storage,
      statements: statements, scores: scores.node, probabilities: probabilities.node)
    header = writing.header
    source = writing.source
  }
}

extension ModelGraph {
  /// Which nodes some values are computed from, these themselves included.
  func ancestors(of values: [Value]) -> [Bool] {
    var isNeeded = [Bool](repeating: false, count: nodes.count)
    for value in values { isNeeded[value.node] = true }
    for node in nodes.indices.reversed() where isNeeded[node] {
      for input in nodes[node].inputs { isNeeded[input.node] = true }
    }
    return isNeeded
  }
}

/// The columns of a table as members of a struct.
struct CColumns {
  struct Member {
    let name: String
    let identifier: String
    let isText: Bool
    /// The categories that the model knows.
    let known: [String]
  }

  private(set) var members: [Member] = []

  init(_ graph: ModelGraph) {
    var identifiers = CIdentifiers()
    for (place, node) in graph.nodes.enumerated() {
      switch node.operation {
      case .numberColumn(let name):
        members.append(
          Member(
            name: name, identifier: identifiers.identifier(for: name), isText: false, known: []))
      case .textColumn(let name):
        let known = graph.nodes.lazy.compactMap { reader -> [String]? in
          guard case .encodedCategory(let encoding) = reader.operation,
            reader.inputs.first?.node == place
          else { return nil }
          return encoding.categories.map(\.text)
        }.first
        members.append(
          Member(
            name: name, identifier: identifiers.identifier(for: name), isText: true,
            known: known ?? []))
      default: continue
      }
    }
  }

  /// How a column of the row is read.
  func expression(_ name: String) -> String {
    "row->" + (members.first { $0.name.utf8.elementsEqual(name.utf8) }?.identifier ?? "")
  }
}
