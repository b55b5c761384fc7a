import PluginKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The strength at which a phone receives an access point: log-distance path loss with log-normal shadowing.
///
/// In dBm, at a distance of d metres and behind w walls:
///
///     RSSI  = P - PL(d) - w L + S(position) + X
///     PL(d) = PL(d0) + 10 n log10(d / d0)
///
/// | symbol | value | meaning |
/// |---|---|---|
/// | P | 5 dBm | transmitted power |
/// | d0 | 1 m | reference distance |
/// | PL(d0) | 40.2 dB | free space at 1 m and 2.44 GHz: 20 log10(4π d0 / 0.123 m) |
/// | n | 2.2 | path-loss exponent within rooms; walls are counted apart |
/// | L | 3 dB | loss of a light inner wall |
/// | S | deviation 4 dB, correlation length 2.5 m | shadowing by furniture: the same whenever a phone is there |
/// | X | normal, deviation 2.5 dB | people, the phone's orientation: new in each reading |
///
/// S and X together are the log-normal shadowing of the model, split into what stays and what changes. S is a
/// Gaussian field with covariance 4² exp(-r² / (2 · 2.5²)), approximated by 16 random cosines for each access
/// point.
/// Readings are rounded to 1 dBm; a signal below -95 dBm is not heard.
///
/// Sources: T. S. Rappaport, "Wireless Communications: Principles and Practice", 2nd ed., 2002, section 4.9
/// (the model); A. J. Motley and J. M. Keenan, "Personal communication radio coverage in buildings at 900 MHz and
/// 1700 MHz", Electronics Letters 24(12), 1988 (losses of walls added up); M. Gudmundson, "Correlation model for
/// shadow fading in mobile radio systems", Electronics Letters 27(23), 1991 (shadowing correlated in space; its
/// covariance is exponential). The numbers are typical of a flat, not measured in one.
struct RadioModel: Sendable {
  static let transmittedPower = 5.0
  static let lossAtOneMetre = 40.2
  static let exponent = 2.2
  static let wallLoss = 3.0
  static let fieldDeviation = 4.0
  static let fieldLength = 2.5
  static let readingDeviation = 2.5
  static let sensitivity = -95.0

  private static let waveCount = 16

  private struct Wave: Sendable {
    let x: Double
    let y: Double
    let phase: Double
  }

  /// The waves of each access point's field.
  private let fields: [[Wave]]

  /// Makes the building's radio model; all tables are measured in the same building.
  init() {
    fields = Building.accessPoints.indices.map { accessPoint in
      var generator = Seed(0).keyed("shadowing", accessPoint).generator()
      return (0..<Self.waveCount).map { _ in
        Wave(
          x: generator.normal() / Self.fieldLength, y: generator.normal() / Self.fieldLength,
          phase: 2 * .pi * generator.uniform())
      }
    }
  }

  /// The strength at a place, in dBm, without the part that changes from reading to reading.
  func meanStrength(of accessPoint: Int, at phone: Position) -> Double {
    let sender = Building.accessPoints[accessPoint]
    let distance = Building.distance(sender, phone)
    let walls = Double(Building.wallCount(sender, phone))
    let pathLoss = Self.lossAtOneMetre + 10 * Self.exponent * log10(distance)
    return Self.transmittedPower - pathLoss - walls * Self.wallLoss
      + shadowing(of: accessPoint, at: phone)
  }

  private func shadowing(of accessPoint: Int, at phone: Position) -> Double {
    var sum = 0.0
    for wave in fields[accessPoint] { sum += cos(wave.x * phone.x + wave.y * phone.y + wave.phase) }
    return Self.fieldDeviation * (2 / Double(Self.waveCount)).squareRoot() * sum
  }

  /// A reading in whole dBm, or nil where the signal is too weak.
  func reading(
    of accessPoint: Int, at phone: Position, _ generator: inout SeededGenerator
  ) -> Int? {
    let strength =
      meanStrength(of: accessPoint, at: phone) + Self.readingDeviation * generator.normal()
    return strength < Self.sensitivity ? nil : Int(strength.rounded())
  }
}
