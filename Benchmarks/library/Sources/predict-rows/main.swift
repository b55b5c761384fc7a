// Times the library on a model whose columns are all numbers.
//
//     swift run -c release predict-rows MODEL [ROWS]
//
// Prints one line of JSON: rows per CPU second for ROWS (8,192) rows given column by column and given as
// dictionaries, and microseconds of CPU time for a row alone; each is the best of 20 repetitions.
import AutoMLModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

let classifier = try Classifier(path: CommandLine.arguments[1])
let count = CommandLine.arguments.count > 2 ? Int(CommandLine.arguments[2]) ?? 8_192 : 8_192

// Signal strengths between -30 and -90, the same in each run.
struct Signals {
  var state: UInt64 = 1

  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return -30 - Double(state >> 33) / Double(1 << 31) * 60
  }
}

var signals = Signals()

var columns: [String: ColumnValues] = [:]
for column in classifier.columns {
  columns[column.name] = .numbers((0..<count).map { _ in signals.next() })
}
let rows = (0..<count).map { row in
  columns.mapValues { column -> Value in
    if case .numbers(let numbers) = column { .number(numbers[row]) } else { .missing }
  }
}

func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func best(_ work: () throws -> Int) rethrows -> Double {
  var least = Double.infinity
  for _ in 0..<20 {
    let start = cpuSeconds()
    let sum = try work()
    least = min(least, cpuSeconds() - start + (sum < 0 ? 1 : 0))
  }
  return least
}

let byColumn = try best { try classifier.predict(columns: columns).count }
let byRow = try best { try classifier.predict(rows: rows).count }
let alone = try best {
  try rows.prefix(1_000).reduce(0) { try $0 + classifier.predict($1).classIndex }
}
print(
  "{\"rows_per_cpu_second\": {\"columns\": \(Int(Double(count) / byColumn)), "
    + "\"dictionaries\": \(Int(Double(count) / byRow))}, "
    + "\"single_row_microseconds\": \(alone / Double(min(count, 1_000)) * 1e6)}")
