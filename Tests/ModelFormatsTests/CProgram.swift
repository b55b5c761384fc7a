import Foundation
import ModelFormats
import TestSupport

/// A C export that was compiled, without a warning, together with a program that predicts given rows.
struct CProgram {
  /// What it says of a row; nil for a refused one.
  struct Answer {
    let place: Int
    let label: String
    let scores: [Double]
    let probabilities: [Double]
  }

  /// A cell as the row's struct takes it; nil for a missing value.
  enum Cell {
    case number(Double?)
    case text(String?)
  }

  /// The compilers of this machine.
  static var compilers: [String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return ["cc", "clang"].filter { name in
      path.split(separator: ":").contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
      }
    }
  }

  private let folder: TemporaryFolder

  /// Compiles an export whose name is `model`.
  init(
    header: String, source: String, rows: [[Cell]], compiler: String
  ) throws {
    folder = try TemporaryFolder()
    try folder.write(header, to: "model.h")
    try folder.write(source, to: "model.c")
    try folder.write(Self.main(rows), to: "main.c")
    let flags = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O2"]
    let outcome = try ChildProcess(
      executable: "/usr/bin/env",
      arguments: [compiler] + flags + ["model.c", "main.c", "-o", "main", "-lm"],
      directory: folder.path
    ).finish(timeLimit: 120)
    guard outcome.exitCode == 0 else { throw CompilerError(description: outcome.messages) }
  }

  /// What the program says of its rows.
  func answers() throws -> [Answer?] {
    let run = try ChildProcess(executable: folder.path("main"), arguments: []).finish(timeLimit: 60)
    guard run.exitCode == 0 else { throw CompilerError(description: "exit code \(run.exitCode)") }
    return run.output.split(separator: "\u{1E}").map { record in
      let fields = record.split(separator: "\u{1F}", omittingEmptySubsequences: false)
      guard let place = Int(fields[0]), place >= 0 else { return nil }
      let numbers = fields.dropFirst(2).compactMap { Double($0) }
      return Answer(
        place: place, label: String(fields[1]), scores: Array(numbers.prefix(numbers.count / 2)),
        probabilities: Array(numbers.suffix(numbers.count / 2)))
    }
  }

  private static func main(_ rows: [[Cell]]) -> String {
    let lines = rows.map { row in "  {" + row.map(initializer).joined(separator: ", ") + "},\n" }
    return """
      #include "model.h"
      #include <math.h>
      #include <stdio.h>

      static const model_row rows[] = {
      \(lines.joined())};

      int main(void) {
        static model_work work;
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
          float scores[MODEL_CLASS_COUNT], probabilities[MODEL_CLASS_COUNT];
          int place = model_predict(&rows[i], &work, scores, probabilities);
          if (place != model_predict(&rows[i], &work, NULL, NULL)) return 3;
          printf("%d", place);
          if (place >= 0) {
            printf("\\037%s", model_classes[place]);
            for (int k = 0; k < MODEL_CLASS_COUNT; k++) printf("\\037%.9g", (double)scores[k]);
            for (int k = 0; k < MODEL_CLASS_COUNT; k++) printf("\\037%.9g", (double)probabilities[k]);
          }
          printf("\\036");
        }
        return 0;
      }

      """
  }

  /// A cell in C, with every byte of a text as an escape.
  private static func initializer(_ cell: Cell) -> String {
    switch cell {
    case .number(let number): number.map { $0.isNaN ? "NAN" : "\($0)" } ?? "NAN"
    case .text(nil): "NULL"
    case .text(let text?):
      "\""
        + text.utf8.map { byte in
          let digits = String(byte, radix: 8)
          return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }.joined() + "\""
    }
  }
}

/// What a compiler, or what it made, had to complain of.
struct CompilerError: Error, CustomStringConvertible {
  let description: String
}
