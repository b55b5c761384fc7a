package import ModelExport

/// A form in which a model leaves for other programs: the words of `--format` and of `export: [{use: …}]`.
package protocol ModelFormat: Sendable {
  /// What users type, such as `onnx`.
  var id: String { get }
  /// One sentence for people, without a full stop.
  var summary: String { get }
  /// What the names of files end in, such as `.onnx`; empty for a folder.
  var suffix: String { get }

  /// Writes a model.
  ///
  /// - Parameters:
  ///   - classifier: The model.
  ///   - rows: Rows with the program's own scores, for the parity file.
  ///   - name: What the file or folder is called, the last part of `--output`.
  /// - Returns: All files, the first of which a person opens; equal models give equal bytes.
  /// - Throws: ``ModelFormatError`` if the format can't hold the model.
  func files(
    for classifier: TabularClassifier, rows: ParityRows, named name: String
  ) throws(ModelFormatError) -> [ExportedFile]

  /// The ONNX graph in an export to a path, and its parity file; nil if there is none.
  func onnxFiles(_ output: String) -> (model: String, parity: String)?
}

extension ModelFormat {
  package func onnxFiles(_ output: String) -> (model: String, parity: String)? { nil }
}

/// A file of an export.
package struct ExportedFile: Sendable, Equatable {
  /// Where it lies in the folder of the export.
  package let path: String
  package let bytes: [UInt8]

  package init(_ path: String, _ bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  package init(_ path: String, _ text: String) { self.init(path, Array(text.utf8)) }
}

/// All formats, in the order of help texts.
package let modelFormats: [any ModelFormat] = [
  ONNXFormat(), MLflowFormat(), CoreMLFormat(), CFormat(), SafetensorsFormat(),
]

/// The name of the parity file beside an export: `model.parity.json` for `model.onnx`.
package func parityFileName(_ name: String, suffix: String) -> String {
  let stem = !suffix.isEmpty && name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
  return stem + ".parity.json"
}
