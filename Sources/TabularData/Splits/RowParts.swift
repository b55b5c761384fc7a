/// Which rows train, validate and test.
///
/// Rows are those of the data set, ascending in each part.
package struct RowParts: Sendable, Equatable {
  /// One training and the rows that judge it.
  package struct Fit: Sendable, Equatable {
    /// `train` for a hold-out, `fold-1`, … for cross-validation, and `repeat-2/fold-1` if it is
    /// repeated.
    package let name: String
    package let training: [Int]
    package let validation: [Int]
  }

  /// The rows that are tested on once, at the end; empty if there are none.
  package let test: [Int]
  /// One for a hold-out, otherwise one for each fold and repeat.
  package let fits: [Fit]
  /// Whole sentences for people, such as that a class is missing from a part.
  package let warnings: [String]

  /// All rows that are not tested on, ascending: what a refit trains on.
  package var development: [Int] {
    // The last fit holds them all: folds by time grow until then.
    fits.last.map { merged($0.training, $0.validation) } ?? []
  }

  /// The split as CSV: `row,part`, rows counted from 0 in the file without its header.
  ///
  /// A hold-out has the parts `train`, `validation` and `test`. With folds the part is the name of
  /// the fit that validates the row, so that repeats give a line for each; a row that is never
  /// validated is `train`.
  package func csv(dataset: Dataset) -> String {
    // A row has at most one part in each layer; repeats need as many layers.
    var names = ["train", "test"]
    var layers = [[Int32](repeating: 0, count: dataset.rowCount)]
    for row in test { layers[0][row] = 1 }
    for fit in fits {
      let part = Int32(names.count)
      names.append(fit.name == "train" ? "validation" : fit.name)
      for row in fit.validation {
        var layer = 0
        while layers[layer][row] > 0 {
          layer += 1
          if layer == layers.count { layers.append(Array(repeating: 0, count: dataset.rowCount)) }
        }
        layers[layer][row] = part
      }
    }
    let ends = names.map { Array(",\($0)\n".utf8) }
    var text = Array("row,part\n".utf8)
    text.reserveCapacity(16 * dataset.rowCount)
    for (row, source) in dataset.sourceRows.enumerated() {
      for (depth, layer) in layers.enumerated() where layer[row] > 0 || depth == 0 {
        text.append(decimal: source)
        text.append(contentsOf: ends[Int(layer[row])])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Appends the digits of a number that is not negative.
  fileprivate mutating func append(decimal number: Int) {
    let start = count
    var rest = number
    repeat {
      append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    self[start...].reverse()
  }
}

/// The numbers of two ascending lists, ascending.
private func merged(_ first: [Int], _ second: [Int]) -> [Int] {
  var merged: [Int] = []
  merged.reserveCapacity(first.count + second.count)
  var place = 0
  for number in first {
    while place < second.count, second[place] < number {
      merged.append(second[place])
      place += 1
    }
    merged.append(number)
  }
  return merged + second[place...]
}
