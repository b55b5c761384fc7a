import Foundation
import PluginKit
import StudyStore
import TestSupport
import Testing

/// A small file system in memory, to fill and to protect; only root can make one, and not everywhere.
private final class SmallDisk {
  let folder: TemporaryFolder

  init(kibibytes: Int) throws {
    folder = try TemporaryFolder()
    try Self.run(["-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", folder.path])
  }

  deinit {
    _ = try? ChildProcess(executable: "/usr/bin/umount", arguments: ["-l", folder.path])
      .finish(timeLimit: 10)
  }

  /// Whether such file systems can be made here.
  static let isPossible = (try? SmallDisk(kibibytes: 64)) != nil

  func remount(_ option: String) throws {
    try Self.run(["-o", "remount,\(option)", folder.path])
  }

  private static func run(_ arguments: [String]) throws {
    let outcome = try ChildProcess(executable: "/usr/bin/mount", arguments: arguments)
      .finish(timeLimit: 10)
    guard outcome.exitCode == 0 else { throw CocoaError(.featureUnsupported) }
  }
}

@Test(.enabled(if: SmallDisk.isPossible)) func aStudyGoesOnWhenAFullDiskHasRoomAgain() throws {
  let disk = try SmallDisk(kibibytes: 500)
  let path = disk.folder.path("study.db")
  let store = try SQLiteTrialStore.create(path, smallStudy)
  var finished = 0
  func runTrial() throws {
    let claim =
      try store.claim(through: finished, by: .current)
      ?? TrialClaim(number: finished, worker: .current, serial: finished + 1)
    try store.finish(claim, smallRecord(finished))
    finished += 1
  }
  let said = message { while finished < 500 { try runTrial() } }
  #expect(
    said
      == "can't write '\(path)': the disk is full: make room and run the same command again; finished trials "
      + "are kept")
  #expect(finished > 0)
  func expected() -> [String] { (0..<finished).map { everything(in: smallRecord($0)) } }
  #expect(try store.list().map { everything(in: $0) } == expected())
  try disk.remount("size=5m")
  for claim in try store.running() where !claim.isFree { try store.discard([claim.number]) }
  for _ in 0..<5 { try runTrial() }
  try store.close()
  #expect(
    try SQLiteTrialStore.open(reading: path).list().map { everything(in: $0) } == expected())
}

@Test(.enabled(if: SmallDisk.isPossible)) func aStudyOnAFullDiskIsNotBegunByHalves() throws {
  let disk = try SmallDisk(kibibytes: 64)
  let path = disk.folder.path("study.db")
  #expect(
    message { _ = try SQLiteTrialStore.create(path, smallStudy) }
      == "can't write '\(path)': the disk is full: make room and run the same command again; finished trials "
      + "are kept")
  #expect(try FileManager.default.contentsOfDirectory(atPath: disk.folder.path).isEmpty)
}

@Test(.enabled(if: SmallDisk.isPossible), arguments: [true, false])
func aStudyIsReadWhereNothingMayBeWritten(isClosed: Bool) throws {
  let disk = try SmallDisk(kibibytes: 5_000)
  let folder = try TemporaryFolder()
  let store = try SQLiteTrialStore.create(folder.path("study.db"), smallStudy)
  for number in 0..<5 {
    let claim = try #require(try store.claim(through: number, by: .current))
    try store.finish(claim, smallRecord(number))
  }
  if isClosed { try store.close() }
  for suffix in ["", "-wal"] where folder.contains("study.db\(suffix)") {
    try disk.folder.write(folder.data("study.db\(suffix)"), to: "a # study?.db\(suffix)")
  }
  try disk.remount("ro")
  let path = disk.folder.path("a # study?.db")
  #expect(
    try SQLiteTrialStore.open(reading: path).list().map { everything(in: $0) }
      == (0..<5).map { everything(in: smallRecord($0)) })
  #expect(
    message { _ = try SQLiteTrialStore.open(path, for: smallStudy) }
      == "can't write '\(path)': the file or its folder may not be written to: change their permissions, or "
      + "choose another folder with --output")
  #expect(
    message {
      _ = try SQLiteTrialStore.create(disk.folder.path("new.db"), smallStudy)
    }
      == "can't write '\(disk.folder.path("new.db"))': the file or its folder may not be written to: change "
      + "their permissions, or choose another folder with --output")
}
