/// A place on the floor, in metres from the south-west corner: x to the east, y to the north.
package struct Position: Sendable, Equatable {
  package let x: Double
  package let y: Double

  package init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// A room: one rectangle, or several that touch.
package struct Room: Sendable {
  /// A part of the floor, in metres.
  package struct Part: Sendable {
    /// From west to east.
    package let width: ClosedRange<Double>
    /// From south to north.
    package let depth: ClosedRange<Double>

    /// In square metres.
    var area: Double {
      (width.upperBound - width.lowerBound) * (depth.upperBound - depth.lowerBound)
    }
  }

  package let name: String
  package let parts: [Part]
}

/// A straight inner wall; walls run along one of the axes.
struct Wall: Sendable {
  let from: Position
  let to: Position

  /// Whether the straight line between two places goes through the wall.
  func separates(_ a: Position, _ b: Position) -> Bool {
    from.x == to.x
      ? Wall.crosses(a.x, a.y, b.x, b.y, line: from.x, between: from.y...to.y)
      : Wall.crosses(a.y, a.x, b.y, b.x, line: from.y, between: from.x...to.x)
  }

  /// The line from (u1, v1) to (u2, v2) meets u = line, at a v within the wall.
  private static func crosses(
    _ u1: Double, _ v1: Double, _ u2: Double, _ v2: Double, line: Double,
    between range: ClosedRange<Double>
  ) -> Bool {
    guard (u1 < line) != (u2 < line) else { return false }
    return range.contains(v1 + (v2 - v1) * (line - u1) / (u2 - u1))
  }
}

/// The floor that is simulated: 12 m by 9 m, four rooms and seven access points.
///
///     9 +-----------------------+   1 to 7: access points
///       |    6     kitchen   7  |
///     6 +-----------------------+
///       | 4        hall       5 |
///     4 +---------+   +---------+
///       | office  |   | bedroom |
///       |1      2 |   |       3 |
///     0 +---------+---+---------+
///       0         5   7        12
///
/// The hall lies between the others and has the shape of a T, so that no hyperplane in signal space parts it from
/// them: a linear classifier is at a disadvantage, as it often is on real radio maps.
package enum Building {
  /// The rooms; their names are the classes of the table.
  package static let rooms = [
    Room(name: "kitchen", parts: [Room.Part(width: 0...12, depth: 6...9)]),
    Room(name: "office", parts: [Room.Part(width: 0...5, depth: 0...4)]),
    Room(name: "bedroom", parts: [Room.Part(width: 7...12, depth: 0...4)]),
    Room(
      name: "hall",
      parts: [Room.Part(width: 0...12, depth: 4...6), Room.Part(width: 5...7, depth: 0...4)]),
  ]

  /// Where the access points hang.
  package static let accessPoints = [
    Position(x: 0.5, y: 1), Position(x: 4, y: 1), Position(x: 11, y: 1),
    Position(x: 1, y: 5), Position(x: 11, y: 5), Position(x: 3, y: 8.5), Position(x: 9.5, y: 8),
  ]

  /// How far the access points hang above the phone, in metres.
  static let heightDifference = 1.2

  /// A person comes no closer than this to the border of a part of a room, in metres.
  static let clearance = 0.25

  static let walls = [
    Wall(from: Position(x: 0, y: 6), to: Position(x: 12, y: 6)),
    Wall(from: Position(x: 0, y: 4), to: Position(x: 5, y: 4)),
    Wall(from: Position(x: 7, y: 4), to: Position(x: 12, y: 4)),
    Wall(from: Position(x: 5, y: 0), to: Position(x: 5, y: 4)),
    Wall(from: Position(x: 7, y: 0), to: Position(x: 7, y: 4)),
  ]

  /// The distance from an access point to a phone, in metres.
  package static func distance(_ accessPoint: Position, _ phone: Position) -> Double {
    let (dx, dy) = (accessPoint.x - phone.x, accessPoint.y - phone.y)
    return (dx * dx + dy * dy + heightDifference * heightDifference).squareRoot()
  }

  /// How many walls lie between two places.
  package static func wallCount(_ a: Position, _ b: Position) -> Int {
    walls.count { $0.separates(a, b) }
  }
}
