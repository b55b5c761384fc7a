package import PluginKit

/// One row of the table: what a phone heard, and in which room it was.
package struct RoomReading: Sendable, Equatable {
  /// In dBm, by access point; nil where nothing was heard or the packet was lost.
  package let strengths: [Int?]
  /// An index into `Building.rooms`.
  package let room: Int
}

/// A table of simulated readings, of any length.
///
/// Row i depends on the seed and on i only, so that a longer table begins with the shorter one. Rooms are
/// equally likely, and so are all places of a room that are not close to a wall.
package struct RoomReadings: Sendable {
  private let seed: Seed
  private let missingShare: Double
  private let model = RadioModel()

  /// Describes a table.
  ///
  /// - Parameters:
  ///   - seed: Another seed gives other readings in the same building.
  ///   - missingShare: The probability that a reading is lost, in 0...1.
  package init(seed: Seed, missingShare: Double) {
    precondition((0...1).contains(missingShare), "\(missingShare) is no probability")
    self.seed = seed
    self.missingShare = missingShare
  }

  /// The row of an index, from 0.
  package subscript(index: Int) -> RoomReading {
    var generator = seed.keyed("reading", index).generator()
    let room = generator.index(below: Building.rooms.count)
    let phone = position(in: Building.rooms[room], &generator)
    let strengths = Building.accessPoints.indices.map { accessPoint -> Int? in
      // Drawn in any case: a reading must not depend on whether the one before it was lost.
      let strength = model.reading(of: accessPoint, at: phone, &generator)
      return generator.uniform() < missingShare ? nil : strength
    }
    return RoomReading(strengths: strengths, room: room)
  }

  private func position(in room: Room, _ generator: inout SeededGenerator) -> Position {
    let part = room.parts[part(of: room, at: generator.uniform())]
    func inside(_ range: ClosedRange<Double>) -> Double {
      let free = range.upperBound - range.lowerBound - 2 * Building.clearance
      return range.lowerBound + Building.clearance + generator.uniform() * free
    }
    return Position(x: inside(part.width), y: inside(part.depth))
  }

  /// The part that a share in [0, 1) of the room's area falls into.
  private func part(of room: Room, at share: Double) -> Int {
    let areas = room.parts.map(\.area)
    var rest = share * areas.reduce(0, +)
    for (index, area) in areas.enumerated() {
      if rest < area { return index }
      rest -= area
    }
    return areas.count - 1
  }

  /// The first line of the CSV file: `ap_1` to `ap_7` and `room`.
  package static var csvHeader: [UInt8] {
    let names = Building.accessPoints.indices.map { "ap_\($0 + 1)" } + ["room"]
    return Array((names.joined(separator: ",") + "\n").utf8)
  }

  /// Lines of the CSV file; a reading that is missing is blank.
  package func csvLines(_ rows: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rows.count * 40)
    for row in rows {
      let reading = self[row]
      for strength in reading.strengths {
        if let strength { bytes.append(contentsOf: String(strength).utf8) }
        bytes.append(UInt8(ascii: ","))
      }
      bytes.append(contentsOf: Building.rooms[reading.room].name.utf8)
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }
}
