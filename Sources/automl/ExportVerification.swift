import ModelFormats
import SystemFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Lets onnxruntime run an export on the rows of its parity file.
struct ExportVerification {
  /// The program that is Python: a name on the `PATH`, or a path.
  let python: String

  /// - Throws: ``ExportFailure`` if the export says something else than the program, or can't be asked.
  func run(_ model: String, parity: String) throws {
    let words = [python, "-c", ParityScript.text, model, parity]
    let (said, status) = try output(of: words.map(shellWord).joined(separator: " "))
    switch status {
    case 0: Terminal.messages.writeLine("verified: \(said)")
    case 1: throw ExportFailure("the export differs from the program: \(said)")
    case ParityScript.exitWithoutRuntime:
      throw ExportFailure(
        "not verified, since '\(python)' has no onnxruntime (\(said)); to install it: "
          + "\(python) -m pip install onnxruntime")
    default:
      throw ExportFailure(
        "not verified, since '\(python)' could not be run; name a Python that has onnxruntime with "
          + "--python")
    }
  }

  /// What a shell's command prints, without its last line feed, and its exit code.
  private func output(of command: String) throws -> (text: String, status: Int32) {
    guard let stream = popen(command, "r") else {
      throw ExportFailure("no other program can be started")
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 {
      bytes += buffer[..<count]
    }
    let status = pclose(stream)
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return (String(decoding: bytes, as: UTF8.self), status >> 8 & 0xff)
  }
}

/// An export that was written and is not known to be right.
struct ExportFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
