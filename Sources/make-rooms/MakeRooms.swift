import ArgumentParser
import PluginKit
import RoomSimulation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@main
struct MakeRooms: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make-rooms",
    abstract: "Writes a table of Wi-Fi signal strengths, simulated in a building of four rooms.",
    discussion: """
      The columns ap_1 to ap_7 are in dBm, and room is where the phone was. The same seed gives the same \
      rows, and a longer table begins with the shorter one.
      """)

  @Option(help: "How many rows to write.")
  var rows = 2_000

  @Option(help: "Any whole number from 0: another one gives other readings in the same building.")
  var seed: UInt64 = 7

  @Option(help: "The share of readings that are lost, from 0 to 1.")
  var missing = 0.01

  @Option(help: "The CSV file to write.")
  var output: String

  func validate() throws {
    guard rows >= 0 else { throw ValidationError("--rows must be at least 0, got \(rows)") }
    guard (0...1).contains(missing) else {
      throw ValidationError("--missing must be from 0 to 1, got \(missing)")
    }
  }

  func run() throws {
    let readings = RoomReadings(seed: Seed(seed), missingShare: missing)
    let partial = output + ".partial"
    guard let file = fopen(partial, "w") else { throw failure("create", partial, errno) }
    var isWritten = write(RoomReadings.csvHeader, to: file)
    for start in stride(from: 0, to: rows, by: 10_000) where isWritten {
      isWritten = write(readings.csvLines(start..<min(start + 10_000, rows)), to: file)
    }
    var error = isWritten ? 0 : errno
    if fclose(file) != 0, error == 0 { error = errno }
    if error == 0, rename(partial, output) != 0 { error = errno }
    guard error == 0 else {
      unlink(partial)
      throw failure("write", output, error)
    }
  }

  private func write(_ bytes: [UInt8], to file: UnsafeMutablePointer<FILE>) -> Bool {
    fwrite(bytes, 1, bytes.count, file) == bytes.count
  }

  private func failure(_ action: String, _ path: String, _ code: Int32) -> WritingError {
    WritingError(description: "can't \(action) \(path): \(String(cString: strerror(code)))")
  }
}

/// A file that could not be written.
struct WritingError: Error, CustomStringConvertible {
  let description: String
}
