import Foundation
import TestSupport
import Testing

@Test func aPluginIsCheckedInATableOfFindings() throws {
  let run = try ProgramRun("plugin", "check", "linear-svm")
  #expect(run.exitCode == 0)
  #expect(run.messages == "")
  let lines = run.output.lines
  #expect(
    lines.first
      == "linear-svm, version 2: linear support vector machine, solved to a stated duality gap")
  #expect(lines.last == "40 promises: 39 kept, 1 untested")
  #expect(lines.allSatisfy { $0.count <= 100 })
}

@Test func theFindingsAreWrittenAsJSON() throws {
  let run = try ProgramRun("plugin", "check", "baseline", "--format", "json")
  #expect(run.exitCode == 0)
  let report = try #require(
    try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
  #expect(report["version"] as? Int == 1)
  #expect(report["plugin"] as? String == "baseline")
  #expect(report["broken"] as? Int == 0)
  let findings = try #require(report["findings"] as? [[String: Any]])
  let first = try #require(findings.first)
  #expect(first["promise"] as? String == "id-is-kebab-case")
  #expect(first["verdict"] as? String == "kept")
  #expect(first["evidence"] as? [String] == ["the id is 'baseline'"])
  #expect(first["advice"] is NSNull)
}
