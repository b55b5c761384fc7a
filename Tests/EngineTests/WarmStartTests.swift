import Engine
import Foundation
import PipelineSpec
import PluginKit
import TestSupport
import Testing

/// A pipeline that starts from the study in a folder.
private func pipeline(
  _ study: ToyStudy, trials: Int, from path: String? = nil
) throws -> Pipeline {
  let start = path.map { ", warm_start: \($0)" } ?? ""
  return try study.pipeline(search: "{use: tpe, trials: \(trials), parallel: 2\(start)}")
}

@Test func aSearchLearnsFromAnEarlierStudyAndThenNeedsItNoMore() async throws {
  let study = try ToyStudy()
  try await study.run(study.pipeline(search: "{use: random, trials: 15}"), to: "earlier")
  try await study.run(pipeline(study, trials: 8), to: "alone")
  for (name, workers) in [("one", 1), ("three", 3)] {
    try await study.run(
      pipeline(study, trials: 14, from: "earlier"), to: name, workers: workers)
  }
  try await study.run(pipeline(study, trials: 8, from: "earlier/study.db"), to: "short")
  // What was known from the beginning has another choice follow from it, and no more than that.
  #expect(try study.timelessLeaderboard("short") != study.timelessLeaderboard("alone"))
  #expect(try study.timelessLeaderboard("three") == study.timelessLeaderboard("one"))
  #expect(
    try study.folder.data("three/best.safetensors") == study.folder.data("one/best.safetensors"))

  try FileManager.default.removeItem(atPath: study.folder.path("earlier"))
  try await study.run(pipeline(study, trials: 14, from: "earlier/study.db"), to: "short")
  let entries = try ["short", "one"].map {
    try JSONValue(parsing: study.timelessLeaderboard($0))["entries"]
  }
  #expect(entries[0] == entries[1])
}

@Test func whatASearchBeganWithIsPartOfItsRecord() async throws {
  let study = try ToyStudy()
  try await study.run(study.pipeline(search: "{use: random, trials: 5}"), to: "earlier")
  try FileManager.default.copyItem(
    atPath: study.folder.path("earlier"), toPath: study.folder.path("moved"))
  for (name, start) in [("a", "earlier"), ("b", "moved")] {
    try await study.run(pipeline(study, trials: 4, from: start), to: name)
  }
  try await study.run(study.pipeline(search: "{use: random, trials: 7}"), to: "earlier")
  for (name, start) in [("c", "earlier"), ("d", nil)] {
    try await study.run(pipeline(study, trials: 4, from: start), to: name)
  }
  func record(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: Array(study.folder.data("\(name)/run.json")))
  }
  // Trial 0 is the baseline, which no sampler learns from.
  #expect(try record("a")["warm_start"]?["trials"] == .integer(5))
  #expect(try record("c")["warm_start"]?["trials"] == .integer(7))
  #expect(try record("d")["warm_start"] == .null)
  #expect(try record("a")["identity"] == record("b")["identity"])
  #expect(try record("a")["identity"] != record("c")["identity"])
  #expect(
    try study.folder.data("a/best.safetensors") == study.folder.data("b/best.safetensors"))
}

@Test func aStudyThatCannotBeStartedFromStopsTheRunBeforeItBegins() async throws {
  let study = try ToyStudy()
  try study.folder.write("a,b\n1,2\n", to: "table.db")
  for (path, message) in [
    ("absent.db", "search.warm_start: there is no study at '\(study.folder.path("absent.db"))'"),
    (
      "table.db",
      "search.warm_start: '\(study.folder.path("table.db"))' is damaged: file is not a database"
    ),
  ] {
    await #expect {
      try await study.run(pipeline(study, trials: 3, from: path))
    } throws: { "\($0)" == message }
  }
  #expect(!study.folder.contains("run"))
}
