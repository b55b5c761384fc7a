#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import TabularData

/// Reads a table into memory and does nothing else, to measure that: `read-table FILE [--threads N]`.
///
/// Prints a line of JSON; times and memory are those of the whole process.
@main
enum ReadTable {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let threads = arguments.count == 3 && arguments[1] == "--threads" ? Int(arguments[2]) : nil
    guard let path = arguments.first, arguments.count == 1 || threads != nil else {
      fail("usage: read-table FILE [--threads N]", status: 2)
    }
    let start = ContinuousClock.now
    do {
      let effort = ReadingEffort(threads: max(1, threads ?? availableThreads()))
      let table = try Table.read(path, effort: effort)
      print(line(about: table, effort, seconds: (ContinuousClock.now - start) / .seconds(1)))
    } catch {
      fail("\(error)", status: 1)
    }
  }

  private static func line(
    about table: Table, _ effort: ReadingEffort, seconds: Double
  ) -> String {
    var usage = rusage()
    // Glibc declares the first argument otherwise than its constants.
    getrusage(.init(RUSAGE_SELF.rawValue), &usage)
    let cpu = [usage.ru_utime, usage.ru_stime].map { Double($0.tv_sec) + Double($0.tv_usec) / 1e6 }
    // Linux counts in KiB.
    return "{\"rows\": \(table.rowCount), \"columns\": \(table.columns.count), "
      + "\"threads\": \(effort.threads), \"seconds\": \(seconds), "
      + "\"cpu_seconds\": \(cpu[0] + cpu[1]), \"peak_bytes\": \(1_024 * usage.ru_maxrss)}"
  }

  private static func fail(_ message: String, status: Int32) -> Never {
    let line = Array((message + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(status)
  }
}
