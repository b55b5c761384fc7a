import Foundation
import PluginKit
import RoomSimulation
import TestSupport
import Testing

private let readings = RoomReadings(seed: Seed(7), missingShare: 0.01)

/// `make-rooms --rows 2000 --seed 7 --missing 0.01 --output pipelines/data/rooms.csv` wrote it.
@Test func theTableInTheRepositoryIsWhatTheGeneratorWrites() throws {
  let file = packageRoot.appending(path: "pipelines/data/rooms.csv")
  let expected = RoomReadings.csvHeader + readings.csvLines(0..<2_000)
  #expect(try Data(contentsOf: file) == Data(expected))
}

@Test func aTableIsTheSameInWhateverBlocksItIsWritten() {
  let blocks = stride(from: 0, to: 300, by: 7).flatMap {
    readings.csvLines($0..<min($0 + 7, 300))
  }
  #expect(blocks == readings.csvLines(0..<300))
}

@Test func anotherSeedGivesOtherReadings() {
  #expect(RoomReadings(seed: Seed(8), missingShare: 0.01)[0] != readings[0])
}

@Test func aLostReadingChangesNoOther() {
  let complete = RoomReadings(seed: Seed(7), missingShare: 0)
  for row in 0..<500 {
    #expect(readings[row].room == complete[row].room)
    for (strength, original) in zip(readings[row].strengths, complete[row].strengths) {
      #expect(strength == nil || strength == original)
    }
  }
}

/// Four standard deviations of a binomial share around what is expected.
@Test func roomsAreEquallyLikelyAndReadingsMissAsOftenAsAsked() {
  let rows = (0..<8_000).map { RoomReadings(seed: Seed(1), missingShare: 0.05)[$0] }
  for room in Building.rooms.indices {
    let share = Double(rows.count { $0.room == room }) / 8_000
    #expect(abs(share - 0.25) < 4 * (0.25 * 0.75 / 8_000).squareRoot())
  }
  let missing = rows.reduce(0) { $0 + $1.strengths.count { $0 == nil } }
  #expect(abs(Double(missing) / 56_000 - 0.05) < 4 * (0.05 * 0.95 / 56_000).squareRoot())
}

/// The access points hang in known rooms: there they must be heard better than from other rooms.
@Test(arguments: [(0, "office"), (2, "bedroom"), (5, "kitchen"), (6, "kitchen")])
func anAccessPointIsHeardBestInItsOwnRoom(accessPoint: Int, home: String) {
  var sums = [(total: Double, count: Double)](repeating: (0, 0), count: Building.rooms.count)
  for row in 0..<4_000 {
    guard let strength = readings[row].strengths[accessPoint] else { continue }
    sums[readings[row].room].total += Double(strength)
    sums[readings[row].room].count += 1
  }
  let means = sums.map { $0.total / $0.count }
  let loudest = means.indices.max { means[$0] < means[$1] }
  #expect(loudest.map { Building.rooms[$0].name } == home)
}

/// Counted by hand on the plan of the floor.
@Test(arguments: [
  (5, Position(x: 6, y: 8), 0), (5, Position(x: 6, y: 5), 1), (5, Position(x: 2, y: 2), 2),
  (0, Position(x: 6, y: 2), 1), (0, Position(x: 11.5, y: 1), 2), (3, Position(x: 6, y: 1), 2),
  (4, Position(x: 6, y: 3.9), 0), (1, Position(x: 6, y: 4.2), 1),
])
func wallsBetweenAnAccessPointAndAPhone(accessPoint: Int, phone: Position, expected: Int) {
  let sender = Building.accessPoints[accessPoint]
  #expect(Building.wallCount(sender, phone) == expected)
  #expect(Building.wallCount(phone, sender) == expected)
}
