#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import Evaluation
import TableColumns

extension DriftMonitor {
  /// How many columns are named.
  private static let namedColumns = 5
  /// Fewer rows of a kind are no sign of anything.
  private static let leastRows = 3
  /// Shares that differ by less are none, either.
  private static let leastShare = 0.01
  /// Distributions of fewer values are not compared.
  private static let leastValues = 100
  /// The usual bound for a population that has shifted.
  private static let leastIndex = 0.25
  /// How many standard deviations a difference must be from chance.
  private static let deviations = 4.0

  /// What a person should know about a table before trusting predictions for it, in whole sentences.
  ///
  /// - Returns: A line for each column that differs from the training rows, of more than five how many more
  ///   there are, and what to do; nothing where no column differs.
  package func warnings(_ counts: DriftCounts) -> [String] {
    let lines = fields.indices.compactMap { place -> String? in
      let findings = findings(place, counts.columns[place], rowCount: counts.rowCount)
      return findings.isEmpty
        ? nil : "column \(quoted(fields[place].name)): " + findings.joined(separator: "; ")
    }
    guard !lines.isEmpty else { return [] }
    let more = lines.count - Self.namedColumns
    let rest =
      more > 0 ? ["\(counted(more, "more column")) differ\(more == 1 ? "s" : "") likewise"] : []
    return lines.prefix(Self.namedColumns) + rest + [
      "on such rows the model may do worse than in its tests: check where the table comes from and "
        + "its units, or train again with rows like these"
    ]
  }

  private func findings(_ place: Int, _ found: ColumnCounts, rowCount: Int) -> [String] {
    [
      foreignValues(place, found, rowCount), missingValues(place, found, rowCount),
      movedValues(place, found),
    ].compactMap { $0 }
  }

  private func foreignValues(_ place: Int, _ found: ColumnCounts, _ rowCount: Int) -> String? {
    let rows = "\(found.foreign) of \(counted(rowCount, "row"))"
    let share = percent(found.foreign, of: rowCount)
    switch profile.columns[place].values {
    case .numeric(let values):
      // In the mean 2 rows of n + 1 lie beyond the other n, and more than 8 in one table of 300.
      let bound = max(Self.leastShare, 8 / Double(profile.rowCount + 1))
      guard found.foreign >= Self.leastRows, Double(found.foreign) > bound * Double(rowCount)
      else { return nil }
      let range = "\(FigureFormat.short(values.smallest)) to \(FigureFormat.short(values.largest))"
      return "\(rows) (\(share)) lie outside of the training rows' range, \(range)"
    case .categorical(let values):
      guard isMore(found.foreign, of: rowCount, than: values.once, of: profile.rowCount) else {
        return nil
      }
      let example = found.example.map { ", such as \(quoted($0))" } ?? ""
      return "\(rows) (\(share)) hold a category that no training row holds\(example)"
    case .none: return nil
    }
  }

  private func missingValues(_ place: Int, _ found: ColumnCounts, _ rowCount: Int) -> String? {
    let before = profile.columns[place].missing
    guard isMore(found.missing, of: rowCount, than: before, of: profile.rowCount) else {
      return nil
    }
    return "\(percent(found.missing, of: rowCount)) of the values are missing, and "
      + "\(percent(before, of: profile.rowCount)) were in the training rows"
  }

  private func movedValues(_ place: Int, _ found: ColumnCounts) -> String? {
    let before = trainingBins(place)
    guard found.bins.reduce(0, +) >= Self.leastValues, before.count > 1,
      before.count == found.bins.count
    else { return nil }
    let index = populationStabilityIndex(before, found.bins)
    guard index > max(Self.leastIndex, chanceIndex(before, found.bins)) else { return nil }
    return "its values are distributed otherwise than in the training rows (population stability "
      + "index \(FigureFormat.fixed(index, digits: 2)))"
  }

  /// Whether a share is larger than another one, by more than chance and enough to matter.
  private func isMore(_ count: Int, of rows: Int, than before: Int, of trainingRows: Int) -> Bool {
    let (n, m) = (Double(rows), Double(trainingRows))
    let difference = Double(count) / n - Double(before) / m
    let pooled = Double(count + before) / (n + m)
    let deviation = (pooled * (1 - pooled) * (1 / n + 1 / m)).squareRoot()
    return count >= Self.leastRows && difference > Self.leastShare
      && difference > Self.deviations * deviation
  }

  /// Σ (qᵢ - pᵢ) log(qᵢ / pᵢ) over intervals, p being the shares before and q those now; half a value is added
  /// to each interval, so that empty ones have a logarithm.
  private func populationStabilityIndex(_ before: [Int], _ now: [Int]) -> Double {
    func shares(_ counts: [Int]) -> [Double] {
      let total = Double(counts.reduce(0, +)) + 0.5 * Double(counts.count)
      return counts.map { (Double($0) + 0.5) / total }
    }
    return zip(shares(before), shares(now)).reduce(0) { $0 + ($1.1 - $1.0) * log($1.1 / $1.0) }
  }

  /// What the index exceeds in hardly any table when nothing has moved.
  ///
  /// Then it is about (1/n + 1/m) times a χ² of one degree of freedom less than there are intervals, whose
  /// quantile at so many standard deviations E. B. Wilson and M. M. Hilferty approximate, "The distribution of
  /// chi-square", PNAS 17, 1931.
  private func chanceIndex(_ before: [Int], _ now: [Int]) -> Double {
    let freedom = Double(before.count - 1)
    let spread = 2 / (9 * freedom)
    let root = 1 - spread + Self.deviations * spread.squareRoot()
    return freedom * root * root * root
      * (1 / Double(before.reduce(0, +)) + 1 / Double(now.reduce(0, +)))
  }

  private func percent(_ count: Int, of total: Int) -> String {
    FigureFormat.fixed(100 * Double(count) / Double(total), digits: 1) + " %"
  }
}
