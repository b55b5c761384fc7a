package import ModelExport
import PluginKit

/// A header and a source file in C99, for anyone without a runtime.
package struct CFormat: ModelFormat {
  package let id = "c"
  package let summary = "C99 source without dependencies but libm: a header and a source file"
  package let suffix = ".c"

  package init() {}

  package func files(
    for classifier: TabularClassifier, rows: ParityRows, named name: String
  ) throws(ModelFormatError) -> [ExportedFile] {
    let prediction = try PredictionGraph(classifier)
    let stem = name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
    guard !stem.isEmpty, !stem.unicodeScalars.contains(where: Self.endsAnInclude) else {
      throw ModelFormatError(
        "'\(stem).h' can't be named in an #include of C: choose a name without quotes, backslashes, "
          + "question marks and control characters")
    }
    let export = CSource(prediction, name: stem)
    return [
      ExportedFile(stem + ".c", export.source), ExportedFile(stem + ".h", export.header),
      ExportedFile(parityFileName(name, suffix: suffix), rows.json.indentedText),
    ]
  }

  private static func endsAnInclude(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || scalar.value == 0x7F || "\"\\?".unicodeScalars.contains(scalar)
  }
}
