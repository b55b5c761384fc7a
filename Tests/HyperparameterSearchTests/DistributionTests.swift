import Foundation
import HyperparameterSearch
import PluginKit
import Testing

/// How the random sampler's values are distributed.
///
/// The limits leave a right sampler a chance of 1 in 1,000 to fail for one seed; the seeds are fixed.
@Suite struct DistributionTests {
  @Test(arguments: 0..<3 as Range<UInt64>)
  func wholeNumbersAreEquallyLikelyBothEndsIncluded(seed: UInt64) {
    let points = draws(.integer(-3...6), 5_000, seed: seed)
    let counts = (-3...6).map { value in points.count { $0["x"] == .integer(value) } }
    #expect(counts.reduce(0, +) == 5_000)
    let chiSquare = counts.reduce(0.0) { $0 + pow(Double($1) - 500, 2) / 500 }
    #expect(chiSquare < 27.88)  // 9 degrees of freedom
  }

  @Test(arguments: 0..<3 as Range<UInt64>)
  func theLogarithmOfALogarithmicRangeIsUniform(seed: UInt64) {
    let points = draws(.real(1e-6...10, log: true), 3_000, seed: seed)
    #expect(distanceFromUniform(points.map { ($0.decades("x") + 6) / 7 }) < 1.95)
  }

  @Test(arguments: 0..<3 as Range<UInt64>)
  func aLinearRangeIsUniform(seed: UInt64) {
    let points = draws(.real(-5...3), 3_000, seed: seed)
    #expect(distanceFromUniform(points.map { ($0.number("x") + 5) / 8 }) < 1.95)
  }

  /// The number k owns the logarithms from k - 1/2 to k + 1/2.
  @Test func aLogarithmicWholeNumberIsAsLikelyAsItsShareOfTheLogarithms() {
    let points = draws(.integer(1...1_000, log: true), 20_000, seed: 1)
    for value in [1, 2, 5, 10, 1_000] {
      let x = Double(value)
      let expected = log((x + 0.5) / (x - 0.5)) / log(1_000.5 / 0.5)
      let share = Double(points.count { $0["x"] == .integer(value) }) / 20_000
      #expect(abs(share - expected) < 4 * (expected * (1 - expected) / 20_000).squareRoot())
    }
  }

  @Test func entriesAreEquallyLikelyWhateverTheirDimensions() {
    let space = Objective.entries.space
    let sampler = SamplerKind.random.sampler(space: space, seed: Seed(4))
    let points = (0..<3_000).compactMap { sampler.propose(number: $0, history: [], pending: []) }
    for entry in space.entries {
      let share = Double(points.count { $0.entry == entry.name }) / 3_000
      #expect(abs(share - 1.0 / 3) < 4 * (2.0 / 9 / 3_000).squareRoot())
    }
  }

  @Test func realNumbersHaveSixSignificantDigitsAndStayInTheirRange() {
    for range in [1e-6...1e-5, 0.1...100, 1e7...3e8] as [ClosedRange<Double>] {
      for point in draws(.real(range, log: true), 300, seed: 2) {
        let x = point.number("x")
        #expect(range.contains(x) && Double(String(format: "%.6g", x)) == x)
      }
    }
    let narrow = 0.123_456_71...0.123_456_79
    #expect(draws(.real(narrow), 50, seed: 2).allSatisfy { narrow.contains($0.number("x")) })
  }

  private func draws(_ domain: Domain, _ count: Int, seed: UInt64) -> [SearchPoint] {
    let space = SearchSpace(entries: [
      .init(name: "m", dimensions: [SearchDimension(name: "x", domain: domain)])
    ])
    let sampler = SamplerKind.random.sampler(space: space, seed: Seed(seed))
    return (0..<count).compactMap { sampler.propose(number: $0, history: [], pending: []) }
  }

  /// Kolmogorov's statistic √n D, below 1.95 in 999 of 1,000 samples of the uniform distribution.
  private func distanceFromUniform(_ sample: [Double]) -> Double {
    let count = Double(sample.count)
    let distance = sample.sorted().enumerated().map { index, x in
      max(abs(x - Double(index) / count), abs(x - Double(index + 1) / count))
    }.max()
    return (distance ?? 1) * count.squareRoot()
  }
}
