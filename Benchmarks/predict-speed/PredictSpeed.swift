import BuiltInPlugins
import ModelExport
import PluginKit
import SystemFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Times a model's scores in process, without a table around them.
///
///     predict-speed MODEL [BATCH]
///
/// MODEL is a file that `automl run` wrote; rows are standard normal, after preprocessing. Prints one line of
/// JSON: rows per CPU second in batches of BATCH (8,192), and microseconds of CPU time for a row alone. Each
/// is the best of 20 repetitions, since what else the machine does only adds to it.
@main
struct PredictSpeed {
  static func main() {
    let arguments = CommandLine.arguments
    let batch = arguments.count > 2 ? Int(arguments[2]) ?? 0 : 8_192
    guard arguments.count > 1, batch > 0 else {
      print("usage: predict-speed MODEL [BATCH]")
      exit(2)
    }
    do {
      let bundle = try ModelBundle(decoding: readFile(arguments[1]))
      guard let model = try TabularClassifier(bundle, registry: builtInPlugins()).model else {
        print("error: \(arguments[1]) is an ensemble, which has no scores apart from its members'")
        exit(1)
      }
      try measure(model, batch)
    } catch {
      print("error: \(error)")
      exit(1)
    }
  }

  static func measure(_ model: any TrainedModel, _ batch: Int) throws {
    let rows = normalRows(batch, model.featureCount)
    let single = normalRows(1, model.featureCount)
    var sum: Float = 0
    let together = try best(of: 20) { sum += try model.scores(for: rows).values[0] }
    let alone = try best(of: 20) {
      for _ in 0..<1_000 { sum += try model.scores(for: single).values[0] }
    }
    print(
      "{\"batch\": \(batch), \"rows_per_cpu_second\": \(Int(Double(batch) / together)), "
        + "\"single_row_microseconds\": \(alone * 1e3), \"check\": \(sum)}")
  }

  static func normalRows(_ count: Int, _ columns: Int) -> FeatureMatrix {
    var generator = Seed(1).generator()
    return FeatureMatrix(
      rowCount: count, columnCount: columns,
      values: (0..<count * columns).map { _ in Float(generator.normal()) })
  }

  /// The least CPU seconds of a thread that a body took.
  static func best(of repetitions: Int, _ body: () throws -> Void) rethrows -> Double {
    var least = Double.infinity
    for _ in 0..<repetitions {
      let start = seconds()
      try body()
      least = min(least, seconds() - start)
    }
    return least
  }

  static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
