import CZlib
import Foundation
import PluginKit
import TabularData

/// A file that holds a table for the length of a test.
final class TemporaryTable {
  private let folder: URL
  let path: String

  init(_ bytes: [UInt8], name: String = "rooms.csv") throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appendingPathComponent(name).path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  convenience init(_ text: String, name: String = "rooms.csv") throws {
    try self.init(Array(text.utf8), name: name)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// A message as if the file lay in the current folder.
  func shown(_ error: any Error) -> String {
    "\(error)".replacingOccurrences(of: folder.path + "/", with: "")
  }

  func load(
    target: ColumnReference = .position(-1), by plan: SplitPlan = SplitPlan(),
    adjusting adjust: (inout TableOptions) -> Void = { _ in }
  ) throws -> Dataset {
    var options = TableOptions(source: path, target: target)
    adjust(&options)
    return try Dataset.load(options, splitBy: plan)
  }
}

/// Reads a table to learn from, with the last column as its target.
func load(
  _ text: String, target: ColumnReference = .position(-1), by plan: SplitPlan = SplitPlan(),
  adjusting adjust: (inout TableOptions) -> Void = { _ in }
) throws -> Dataset {
  try TemporaryTable(text).load(target: target, by: plan, adjusting: adjust)
}

/// The message for a table that can't be read; nil if it can.
func message(
  _ text: String, target: ColumnReference = .position(-1), by plan: SplitPlan = SplitPlan(),
  adjusting adjust: (inout TableOptions) -> Void = { _ in }
) throws -> String? {
  try message(Array(text.utf8), target: target, by: plan, adjusting: adjust)
}

func message(
  _ bytes: [UInt8], target: ColumnReference = .position(-1), by plan: SplitPlan = SplitPlan(),
  adjusting adjust: (inout TableOptions) -> Void = { _ in }
) throws -> String? {
  let table = try TemporaryTable(bytes)
  do {
    _ = try table.load(target: target, by: plan, adjusting: adjust)
    return nil
  } catch let error as TableError {
    return table.shown(error)
  }
}

/// A file in gzip's format.
func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
  let table = try TemporaryTable([], name: "rooms.csv.gz")
  let file = gzopen(table.path, "wb")
  gzwrite(file, bytes, UInt32(bytes.count))
  gzclose(file)
  return Array(try Data(contentsOf: URL(fileURLWithPath: table.path)))
}

extension Dataset {
  /// The numbers of a feature; empty if it is categorical or not there.
  func numbers(_ name: String) -> [Double] { features.numbers(name) }

  /// The categories of the rows of a feature, `nil` where missing; empty if it is numeric or not there.
  func words(_ name: String) -> [String?] { features.words(name) }

  /// The classes of the rows.
  var labelTexts: [String] { labels.map { classes[Int($0)] } }
}

extension Table {
  func numbers(_ name: String) -> [Double] {
    guard case .numeric(let values)? = columns.first(where: { $0.name == name })?.values else {
      return []
    }
    return values
  }

  func words(_ name: String) -> [String?] {
    guard
      case .categorical(let codes, let categories)? =
        columns.first(where: { $0.name == name })?.values
    else { return [] }
    return codes.map { $0 < 0 ? nil : categories[Int($0)] }
  }
}
