import Foundation
import TestSupport
import Testing

@Test func theSchemaOfPipelinesIsCurrent() throws {
  let current = try ProgramRun("schema").output
  let kept = try String(
    contentsOf: packageRoot.appending(path: "schemas/pipeline.v1.json"), encoding: .utf8)
  #expect(kept == current, "run: automl schema --output schemas/pipeline.v1.json")
}

/// Pipelines whose table is not in the repository are checked with a small one of another name.
@Test(
  arguments: try files(in: "pipelines", named: ".yaml") + files(in: "Benchmarks", named: ".yaml"))
func everyPipelineIsValid(path: String) throws {
  let workplace = try Workplace()
  let rows = pointTable(rowsOfEach: 300).lines
  let many = rows.prefix(601).joined(separator: "\n") + "\n"
  let table = try workplace.folder.write(many, to: "many.csv")
  let others = ([rows[0]] + rows.dropFirst(601)).joined(separator: "\n") + "\n"
  let test = try workplace.folder.write(others, to: "others.csv")
  let missing = try ProgramRun("check", path)
  guard missing.exitCode != 0 else { return }
  let run = try ProgramRun(
    "check", path, "--set", "data.source=\(table)", "--set", "data.test=\(test)", "--set",
    "data.target=kind")
  #expect(missing.messages.contains(".csv: error: can't read "))
  #expect(run.messages == "")
  #expect(run.exitCode == 0)
}

@Test(
  arguments: try files(in: "", named: "README.md") + files(in: "plugins", named: "README.md"))
func everyRelativeLinkLeadsSomewhere(path: String) throws {
  let page = packageRoot.appending(path: path)
  let text = try String(contentsOf: page, encoding: .utf8)
  for match in text.matches(of: /\]\(([^)\s#]+)(#[^)]*)?\)/) where !match.1.contains("://") {
    let target = page.deletingLastPathComponent().appending(path: String(match.1))
    #expect(
      FileManager.default.fileExists(atPath: target.path(percentEncoded: false)),
      "\(path) links to \(match.1)")
  }
}

/// The paths of files below a folder of the package, seen from its root; only the root's own for "".
private func files(in folder: String, named ending: String) throws -> [String] {
  let manager = FileManager.default
  let root = packageRoot.appending(path: folder).path(percentEncoded: false)
  let names =
    folder.isEmpty
    ? try manager.contentsOfDirectory(atPath: root) : try manager.subpathsOfDirectory(atPath: root)
  return names.filter { $0.hasSuffix(ending) }.sorted().map {
    folder.isEmpty ? $0 : folder + "/" + $0
  }
}
