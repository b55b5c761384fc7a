import ArgumentParser
import ModelExport
import ModelFormats
import PluginKit
import SystemFiles
import TabularData

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a model for other programs, with its preprocessing.",
    discussion: modelFormats.map { format in
      format.id + String(repeating: " ", count: max(1, 14 - format.id.count)) + format.summary
    }.joined(separator: "\n"))

  @Argument(help: "A run folder, such as runs/rooms, or a model file.")
  var model: String

  @Option(
    help: ArgumentHelp(
      "The form: \(modelFormats.map(\.id).joined(separator: ", ")).", valueName: "format"))
  var format: String

  @Option(help: ArgumentHelp("The file or folder to write.", valueName: "path"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "A table whose rows go into the parity file; default: rows that are drawn.",
      valueName: "table"))
  var table: String?

  @Flag(help: "Let onnxruntime (Python) run what was written, and compare.")
  var verify = false

  @Option(help: ArgumentHelp("The Python of --verify.", valueName: "program"))
  var python = "python3"

  @OptionGroup var plugins: PluginOptions

  func validate() throws {
    guard modelFormats.contains(where: { $0.id == format }) else {
      let known = modelFormats.map(\.id).joined(separator: ", ")
      throw ValidationError("there is no format '\(format)'; there are: \(known)")
    }
    guard output != "-", !output.isEmpty else {
      throw ValidationError("--output must be the name of a file or folder, got '\(output)'")
    }
  }

  func run() throws {
    guard let format = modelFormats.first(where: { $0.id == format }) else { return }
    let check = verify ? format.onnxFiles(output) : nil
    if verify, check == nil {
      throw UsageError("--verify runs ONNX graphs, and the format '\(format.id)' has none")
    }
    let classifier = try loadClassifier(modelFile(model), plugins)
    let rows = try table.map { try classifier.bundle.schema.read($0).features }
    let paths = try export(classifier, as: format, to: output, table: rows)
    Terminal.messages.writeLine("wrote \(listed(paths.map(shellWord), atMost: 3))")
    if let check { try ExportVerification(python: python).run(check.model, parity: check.parity) }
  }
}

/// Exports the best model of a run into its folder, as `best.onnx` and the like.
///
/// - Returns: The path of the file that a person opens.
/// - Throws: ``ExportFailure`` if the format can't hold the model; `FileError`.
func exportBest(
  in folder: String, as id: String, _ registry: PluginRegistry
) throws -> String {
  guard let format = modelFormats.first(where: { $0.id == id }) else {
    preconditionFailure("there is no format '\(id)'")
  }
  let bundle = try ModelBundle(
    decoding: readFile(resolvedPath("best.safetensors", from: folder)))
  let classifier = try TabularClassifier(bundle, registry: registry)
  let name = "best" + (format.suffix.isEmpty ? "." + id : format.suffix)
  do {
    let paths = try export(
      classifier, as: format, to: resolvedPath(name, from: folder), table: nil)
    return paths.first ?? name
  } catch let error as ModelFormatError {
    throw ExportFailure("the run is complete, but not exported as \(id): \(error)")
  }
}

/// The model file of a run folder, or the path itself.
private func modelFile(_ path: String) -> String {
  let model = resolvedPath("best.safetensors", from: path)
  return fileExists(model) ? model : path
}
