package import ModelExport
import SystemFiles
package import TableColumns

/// Writes a model in a format.
///
/// - Parameters:
///   - classifier: The model.
///   - format: The form in which it leaves.
///   - output: The path of the file or folder; folders are made, and what is there is replaced.
///   - table: A table whose rows go into the parity file; nil for drawn ones.
/// - Returns: The paths of the files, the first of which a person opens.
/// - Throws: ``ModelFormatError`` if the format can't hold the model, and then nothing is written; `FileError`;
///   what the model says of the table.
package func export(
  _ classifier: TabularClassifier, as format: any ModelFormat, to output: String, table: Table?
) throws -> [String] {
  let path = output.count > 1 && output.hasSuffix("/") ? String(output.dropLast()) : output
  let rows =
    try table.map { try ParityRows(classifier, table: $0) } ?? ParityRows(drawnFor: classifier)
  let folder = parentFolder(of: path)
  let name = String(path.split(separator: "/").last ?? "model")
  var paths: [String] = []
  for file in try format.files(for: classifier, rows: rows, named: name) {
    let place = resolvedPath(file.path, from: folder)
    if let folder = parentFolder(of: place) { try makeFolder(folder) }
    try writeFile(place, file.bytes)
    paths.append(place)
  }
  return paths
}
