import Evaluation

extension ReportPage {
  /// How to run it again, and what must be the same for the same to come out.
  var reproduction: TemplateValues {
    let facts = report["reproduction"]
    let stopped = facts["stopped_trials"].elements
    let lines = versions + hashes + circumstances
    return templateValues([
      "facts": lines.filter { !$0.value.isEmpty }.map { line -> TemplateValues in
        ["name": line.name, "value": line.value]
      },
      "isDeterministic": facts["deterministic"].isTrue,
      "stopped": stopped.map(\.words).joined(separator: ", "), "hasStopped": !stopped.isEmpty,
      "pipeline": facts["pipeline_text"].string,
    ])
  }

  private typealias Line = (name: String, value: String)

  private var versions: [Line] {
    let facts = report["reproduction"]
    let formats = versionList(facts["formats"])
    let program = [facts["program"]["name"].string ?? "", facts["program"]["version"].string ?? ""]
    return [
      (
        "program",
        program.joined(separator: " ") + (formats.isEmpty ? "" : " (formats: \(formats))")
      ),
      ("plugins", versionList(facts["plugins"])),
      ("seed", facts["seed"].isPresent ? facts["seed"].words : ""),
      ("CPU path", facts["cpu"]["path"].string ?? ""),
    ]
  }

  private var hashes: [Line] {
    let facts = report["reproduction"]
    let tables = facts["data"].members.map { member -> Line in
      ("data, \(member.name)", member.node.string ?? "from standard input")
    }
    let plugins = facts["plugin_files"].members.map { member -> Line in
      ("files of \(member.name)", member.node.string ?? "")
    }
    return [("identity", facts["identity"].string ?? "")] + tables + plugins
  }

  private var circumstances: [Line] {
    let timings = report["timings"]
    let machine = timings["machine"]
    var words: [String] = []
    if let processor = machine["processor"].string { words.append(processor) }
    if let cores = machine["cores"].integer { words.append("\(cores) cores") }
    return [
      ("started", timings["started"].string ?? ""),
      ("took", duration(timings["elapsed_seconds"])),
      ("machine", words.joined(separator: ", ")),
    ]
  }

  private func duration(_ node: ReportNode) -> String {
    guard let seconds = node.number else { return "" }
    return FigureFormat.duration(seconds)
  }

  /// Names with their versions, such as `linear-svm 1, mlp-svm 2`.
  private func versionList(_ node: ReportNode) -> String {
    node.members.map { "\($0.name) \($0.node.words)" }.joined(separator: ", ")
  }
}
