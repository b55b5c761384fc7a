import Foundation
import PluginKit
import StudyStore
import TestSupport
import Testing

/// Copies a study with its log, as it would be left by a process that is killed now.
private func copyOfKilled(_ path: String, _ folder: TemporaryFolder) throws -> String {
  let copy = folder.path("killed-\(UUID().uuidString).db")
  for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
    try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
  }
  return copy
}

@Test func workersWithConnectionsOfTheirOwnGetDifferentTrials() async throws {
  let folder = try TemporaryFolder()
  let path = folder.path("study.db")
  try SQLiteTrialStore.create(path, smallStudy).close()
  let claimed = try await withThrowingTaskGroup(of: [Int].self) { group in
    for process in 1...4 {
      group.addTask {
        let store = try SQLiteTrialStore.open(path, for: smallStudy)
        let own = WorkerIdentity(
          host: WorkerIdentity.current.host, process: Int32(getpid()),
          processStart: WorkerIdentity.current.processStart)
        var numbers: [Int] = []
        while let claim = try store.claim(through: 39, by: own) {
          numbers.append(claim.number)
          if (claim.number + process) % 5 == 0 { try store.renewClaims(of: own) }
          let record = smallRecord(claim.number)
          try store.begin(claim, model: record.model, at: record.point)
          try store.finish(claim, record)
        }
        return numbers
      }
    }
    return try await group.reduce(into: []) { $0 += $1 }
  }
  #expect(claimed.sorted() == Array(0..<40))
  let store = try SQLiteTrialStore.open(reading: path)
  #expect(
    try store.list().map { everything(in: $0) }
      == (0..<40).map { everything(in: smallRecord($0)) })
}

@Test func othersSeeWhatWasFinished() throws {
  let folder = try TemporaryFolder()
  let path = folder.path("study.db")
  let writer = try SQLiteTrialStore.create(path, smallStudy)
  let reader = try SQLiteTrialStore.open(reading: path)
  var cursor = 0
  for number in 0..<5 {
    let claim = try #require(try writer.claim(through: 9, by: .current))
    #expect(try reader.running().map(\.number) == [number])
    try writer.finish(claim, smallRecord(number))
    let new = try reader.finished(since: cursor)
    #expect(new.trials.map(\.number) == [number])
    cursor = new.cursor
  }
}

@Test func aStudyThatIsOnlyReadIsNotChanged() throws {
  let folder = try TemporaryFolder()
  let path = folder.path("study.db")
  try SQLiteTrialStore.create(path, smallStudy).close()
  let store = try SQLiteTrialStore.open(reading: path)
  #expect(
    message { _ = try store.claim(through: 1, by: .current) }
      == "can't write '\(path)': the file or its folder may not be written to: change their permissions, "
      + "or choose another folder with --output")
  try store.close()
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["study.db"])
}

@Test func aStudyOfAKilledProcessIsReadWithoutBeingChanged() throws {
  let folder = try TemporaryFolder()
  let path = folder.path("study.db")
  let writer = try SQLiteTrialStore.create(path, smallStudy)
  let claim = try #require(try writer.claim(through: 0, by: .current))
  try writer.finish(claim, smallRecord(0))
  let killed = try copyOfKilled(path, folder)
  let files = try [killed, killed + "-wal"].map { try Data(contentsOf: URL(filePath: $0)) }
  let reader = try SQLiteTrialStore.open(reading: killed)
  #expect(try reader.list().count == 1)
  try reader.close()
  #expect(
    try [killed, killed + "-wal"].map { try Data(contentsOf: URL(filePath: $0)) } == files)
}

@Test func aKilledProcessLosesNothingThatWasFinished() throws {
  let folder = try TemporaryFolder()
  let path = folder.path("study.db")
  let clock = ToyClock()
  let store = try SQLiteTrialStore.create(path, smallStudy, policy: clock.policy)
  for number in 0..<6 {
    let claim = try #require(try store.claim(through: 9, by: worker(1)))
    try store.begin(claim, model: smallRecord(number).model, at: smallPoint(number))
    try store.setAttribute("elapsed", .number(Double(number)))

    // Killed between the claim and the end of the trial.
    let copy = try SQLiteTrialStore.open(
      copyOfKilled(path, folder), for: smallStudy, policy: clock.policy)
    #expect(
      try copy.list().map { everything(in: $0) }
        == (0..<number).map { everything(in: smallRecord($0)) })
    #expect(try copy.running().map(\.number) == [number])
    #expect(try copy.attribute("elapsed") == .number(Double(number)))
    #expect(try copy.claim(through: number, by: worker(2)) == nil)
    clock.pass(31)
    let again = try #require(try copy.claim(through: number, by: worker(2)))
    #expect(again.number == number)
    try copy.begin(again, model: smallRecord(number).model, at: smallPoint(number))
    try copy.finish(again, smallRecord(number))
    #expect(try copy.list().count == number + 1)

    try store.finish(claim, smallRecord(number))
  }
}

@Test func aClosedStudyIsOneFile() throws {
  let folder = try TemporaryFolder()
  let store = try SQLiteTrialStore.create(folder.path("study.db"), smallStudy)
  let claim = try #require(try store.claim(through: 0, by: .current))
  try store.finish(claim, smallRecord(0))
  try store.close()
  try store.close()
  #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["study.db"])
  #expect(
    message { _ = try store.list() } == "'\(folder.path("study.db"))': it was closed")
}

@Test func theLogOfAnEarlierStudyIsNotTakenForTheNewOnes() throws {
  let folder = try TemporaryFolder()
  let path = folder.path("study.db")
  let store = try SQLiteTrialStore.create(path, smallStudy)
  let claim = try #require(try store.claim(through: 0, by: .current))
  try store.finish(claim, smallRecord(0))
  let killed = try copyOfKilled(path, folder)
  #expect(FileManager.default.fileExists(atPath: killed + "-wal"))
  try FileManager.default.removeItem(atPath: killed)
  #expect(try SQLiteTrialStore.create(killed, smallStudy).list().isEmpty)
  #expect(
    message { _ = try SQLiteTrialStore.create(killed, smallStudy) }
      == "there is a study at '\(killed)' already")
  try SQLiteTrialStore.remove(killed)
  #expect(
    message { _ = try SQLiteTrialStore.open(reading: killed) }
      == "there is no study at '\(killed)'")
}

@Test func aProcessKnowsWhetherAnotherOneIsGone() throws {
  let current = WorkerIdentity.current
  #expect(!current.isGone)
  let reused = WorkerIdentity(
    host: current.host, process: current.process, processStart: "some other boot/17")
  #expect(reused.isGone)
  let elsewhere = WorkerIdentity(host: "elsewhere", process: 1 << 30, processStart: "")
  #expect(!elsewhere.isGone)
  let never = WorkerIdentity(host: current.host, process: 1 << 30, processStart: "")
  #expect(never.isGone)
}
