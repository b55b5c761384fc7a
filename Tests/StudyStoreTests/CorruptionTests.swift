import Evaluation
import Foundation
import PluginKit
import StudyStore
import TestSupport
import Testing

/// A study as it lies on the disk, and what it holds.
private struct StoredStudy {
  var file: [UInt8]
  /// Empty for a study that was closed.
  var log: [UInt8]
  let contents: String
  let trials: [String]

  /// A study with some finished trials, one that runs, and a fact; one that was closed, or one whose process was
  /// killed.
  init(isClosed: Bool, _ folder: TemporaryFolder) throws {
    let path = folder.path("original-\(isClosed).db")
    try SQLiteTrialStore.create(path, smallStudy).close()
    var store = try SQLiteTrialStore.open(path, for: smallStudy)
    try store.setAttribute("pipeline", .object([("seed", .integer(7)), ("x", .number(0.1))]))
    for number in 0..<8 {
      if number == 4 {
        // What is older lies in the file, what is newer in the log.
        try store.close()
        store = try SQLiteTrialStore.open(path, for: smallStudy)
      }
      let claim = try #require(try store.claim(through: 9, by: .current))
      try store.begin(claim, model: smallRecord(number).model, at: smallPoint(number))
      if number < 7 { try store.finish(claim, smallRecord(number)) }
    }
    contents = try Self.contents(store)
    trials = try store.list().map { everything(in: $0) }
    if isClosed { try store.close() }
    file = Array(try Data(contentsOf: URL(filePath: path)))
    log = isClosed ? [] : Array(try Data(contentsOf: URL(filePath: path + "-wal")))
    try store.close()
  }

  /// All that a store says for certain.
  static func contents(_ store: any TrialStore) throws -> String {
    let trials = try store.list().map { everything(in: $0) }.joined()
    let running = try store.running().map { "\($0.number)" }.joined(separator: " ")
    return "\(trials)\n\(running)\n\(try store.attribute("pipeline")?.text ?? "no pipeline")"
  }

  /// Writes both files and returns what the store then says, or its message.
  func read(_ folder: TemporaryFolder) throws -> Result<[String], TrialStoreError> {
    try folder.write(Data(file), to: "study.db")
    try? FileManager.default.removeItem(atPath: folder.path("study.db-wal"))
    try? FileManager.default.removeItem(atPath: folder.path("study.db-shm"))
    if !log.isEmpty { try folder.write(Data(log), to: "study.db-wal") }
    do {
      let store = try SQLiteTrialStore.open(reading: folder.path("study.db"))
      defer { try? store.close() }
      return .success([try Self.contents(store)] + (try store.list().map { everything(in: $0) }))
    } catch let error as TrialStoreError {
      return .failure(error)
    }
  }
}

/// Damage of one of several kinds, drawn from a generator; cutting short is one only where it is asked for.
private func damage(_ bytes: inout [UInt8], cuts: Bool, _ generator: inout SeededGenerator) {
  let page = 4_096
  switch generator.index(below: cuts ? 6 : 5) {
  case 0:  // One bit.
    bytes[generator.index(below: bytes.count)] ^= 1 << UInt8(generator.index(below: 8))
  case 1:  // A few bytes.
    for _ in 0...generator.index(below: 8) {
      bytes[generator.index(below: bytes.count)] = UInt8(generator.index(below: 256))
    }
  case 2:  // A page of zeros.
    let start = generator.index(below: max(1, bytes.count / page)) * page
    for index in start..<min(bytes.count, start + page) { bytes[index] = 0 }
  case 3:  // A stretch of noise.
    let start = generator.index(below: bytes.count)
    for index in start..<min(bytes.count, start + 512) {
      bytes[index] = UInt8(generator.index(below: 256))
    }
  case 4:  // A page in the place of another one.
    guard bytes.count >= 2 * page else { return }
    let from = generator.index(below: bytes.count / page) * page
    let to = generator.index(below: bytes.count / page) * page
    bytes.replaceSubrange(to..<to + page, with: Array(bytes[from..<from + page]))
  default: bytes.removeLast(1 + generator.index(below: bytes.count))
  }
}

@Test func aDamagedStudyIsReadAsItWasOrRefused() throws {
  let folder = try TemporaryFolder()
  let closed = try StoredStudy(isClosed: true, folder)
  let killed = try StoredStudy(isClosed: false, folder)
  #expect(try closed.read(folder).get()[0] == closed.contents)
  #expect(try killed.read(folder).get()[0] == killed.contents)
  var refused: [String: Int] = [:]
  for seed in 0..<1_000 {
    var generator = Seed(UInt64(seed)).keyed("corruption").generator()
    var study = seed % 2 == 0 ? closed : killed
    if seed % 4 == 1 {
      damage(&study.log, cuts: false, &generator)
    } else {
      damage(&study.file, cuts: true, &generator)
    }
    switch try study.read(folder) {
    case .success(let contents):
      #expect(contents[0] == study.contents, "seed \(seed) gives something else")
    case .failure(let error):
      #expect(error.path == folder.path("study.db"), "seed \(seed)")
      let message = error.description
      #expect(message.hasPrefix("'\(folder.path("study.db"))"), "seed \(seed): \(message)")
      refused["\(error.problem)".prefix { $0 != "(" }.description, default: 0] += 1
    }
  }
  // Most damage hits something that is in use.
  #expect(refused.values.reduce(0, +) > 500, "\(refused)")
}

/// Where a log is cut, what comes after is lost; that is how a machine leaves it when it stops.
@Test func aLogThatIsCutShortGivesTheTrialsBeforeTheCut() throws {
  let folder = try TemporaryFolder()
  let killed = try StoredStudy(isClosed: false, folder)
  var counts: Set<Int> = []
  for seed in 0..<100 {
    var generator = Seed(UInt64(seed)).keyed("cut").generator()
    var study = killed
    study.log.removeLast(generator.index(below: study.log.count + 1))
    let trials = try study.read(folder).get().dropFirst()
    #expect(Array(trials) == Array(killed.trials.prefix(trials.count)), "seed \(seed)")
    counts.insert(trials.count)
  }
  #expect(counts == [4, 5, 6, 7])
}

@Test func messagesOfDamageSayWhatWouldDo() throws {
  let folder = try TemporaryFolder()
  let path = folder.path("study.db")
  func said() -> String? { message { _ = try SQLiteTrialStore.open(reading: path).list() } }
  try folder.write("", to: "study.db")
  #expect(said() == "'\(path)' is no study of this program: it is empty")
  try folder.write("rank,trial,model\n1,0,baseline\n", to: "study.db")
  #expect(
    said()
      == "'\(path)' is damaged: file is not a database; put a copy of the file in its place, or start anew "
      + "with --fresh or --output")
  var killed = try StoredStudy(isClosed: false, folder)
  killed.log[5_000] ^= 1
  #expect(
    message { _ = try killed.read(folder).get() }
      == "'\(path)-wal' is damaged, the log of the last changes to '\(path)': put a copy of both in their "
      + "place, or remove the log; trials that only it holds are then run again")
}

@Test(.enabled(if: PythonOracle.isAvailable))
func filesOfOtherProgramsAreRefused() throws {
  let folder = try TemporaryFolder()
  let path = folder.path("study.db")
  func said(_ script: String) throws -> String? {
    try? FileManager.default.removeItem(atPath: path)
    try SQLiteTrialStore.create(path, smallStudy).close()
    _ = try PythonOracle.run(
      """
      import os, sqlite3, sys
      database = sqlite3.connect(sys.argv[1])
      \(script)
      database.commit()
      """, arguments: [path])
    return message { _ = try SQLiteTrialStore.open(path, for: smallStudy) }
  }
  #expect(
    try said("database.executescript('DROP TABLE studies; CREATE TABLE t (x)')")
      == "'\(path)' is no study of this program: it has other tables")
  #expect(
    try said("database.execute('UPDATE alembic_version SET version_num = \"v9\"')")
      == "'\(path)' can't be used: its tables are of another version than Optuna 5.0.0's; use the version "
      + "of the program that wrote it, or start anew with --fresh or --output")
  #expect(
    try said("database.execute('INSERT INTO studies VALUES (2, \"b\")')")
      == "'\(path)' is no study of this program: it holds 2 studies")
  #expect(
    try said("database.execute('DELETE FROM study_system_attributes')")
      == "'\(path)' is no study of this program: another program made it")
  #expect(
    try said("database.execute('UPDATE studies SET study_name = \"b\"')")
      == "'\(path)' is damaged: the name or the direction of the study has changed; put a copy of the file "
      + "in its place, or start anew with --fresh or --output")
  #expect(try said("pass") == nil)
  let other = StudyDescription(name: "small", metric: .logLoss, space: smallSpace)
  #expect(
    message { _ = try SQLiteTrialStore.open(path, for: other) }
      == "'\(path)' is no study of this program: it optimises accuracy, not log_loss")
}
