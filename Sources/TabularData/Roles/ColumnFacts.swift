/// What the numbers of a column look like.
struct NumberFacts {
  var missingCount = 0
  var isConstant = true
  /// No value twice and none missing; whole numbers that count: in ascending order, or within a
  /// range of twice as many numbers as there are rows.
  var isCounter = false

  /// Looks at the numbers of a column; O(n).
  init(_ values: [Double]) {
    var first = Double.nan
    var (low, high) = (Double.infinity, -Double.infinity)
    var isWhole = true
    for value in values {
      guard !value.isNaN else {
        missingCount += 1
        continue
      }
      if first.isNaN { first = value }
      isConstant = isConstant && value == first
      isWhole = isWhole && value.isWhole
      (low, high) = (min(low, value), max(high, value))
    }
    guard isWhole, missingCount == 0, !isConstant else { return }
    isCounter =
      zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
      || isCompact(values, from: low, to: high)
  }
}

extension Double {
  /// Whether a finite number has no fraction.
  ///
  /// All are whole from 2⁵³ on. Rounding would be a call of a function.
  fileprivate var isWhole: Bool {
    magnitude >= 0x1p53 || Double(Int64(self)) == self
  }
}

/// Whether whole numbers are all different and lie in a range of at most twice their count.
private func isCompact(_ values: [Double], from low: Double, to high: Double) -> Bool {
  guard high - low + 1 <= 2 * Double(values.count) else { return false }
  var seen = [Bool](repeating: false, count: Int(high - low) + 1)
  for value in values {
    let place = Int(value - low)
    if seen[place] { return false }
    seen[place] = true
  }
  return true
}

/// What the texts of a column look like.
struct TextFacts {
  var missingCount = 0
  /// How many rows have each code of the column's distinct texts.
  var counts: [Int]
  /// How many distinct texts occur.
  var distinctCount: Int
  /// The mean length of the texts that are not missing, in bytes.
  var meanLength: Double

  init(_ column: TextColumn) {
    var counts = [Int](repeating: 0, count: column.distinct.count)
    var length = 0
    for code in column.codes {
      if code < 0 { missingCount += 1 } else { counts[Int(code)] += 1 }
    }
    for (code, count) in counts.enumerated() where count > 0 {
      length += count * column.distinct[code].count
    }
    self.counts = counts
    distinctCount = counts.count { $0 > 0 }
    meanLength = Double(length) / Double(max(1, column.codes.count - missingCount))
  }

  /// The codes that occur.
  var codes: [Int] { counts.indices.filter { counts[$0] > 0 } }
}

extension TextColumn {
  /// The order of day and month in which all texts are dates; nil if some are none.
  ///
  /// Where both orders are possible, `isAmbiguous` is true and the order is the usual one of the
  /// separator: month first with slashes, otherwise day first.
  func dateOrder(codes: [Int]) -> (order: DateOrder, isAmbiguous: Bool)? {
    var isDayFirst = true
    var isMonthFirst = true
    var isAmbiguous = false
    for code in codes {
      let dayFirst = isDayFirst ? DateTime(distinct[code], order: .dayFirst) : nil
      let monthFirst = isMonthFirst ? DateTime(distinct[code], order: .monthFirst) : nil
      isDayFirst = dayFirst != nil
      isMonthFirst = monthFirst != nil
      guard isDayFirst || isMonthFirst else { return nil }
      isAmbiguous = isAmbiguous || dayFirst != monthFirst
    }
    guard isDayFirst, isMonthFirst else { return (isDayFirst ? .dayFirst : .monthFirst, false) }
    let hasSlashes = codes.contains { distinct[$0].contains(UInt8(ascii: "/")) }
    return (hasSlashes ? .monthFirst : .dayFirst, isAmbiguous)
  }

  /// Whether all texts are numbers as `-12,5`, perhaps some of them whole ones.
  func holdsDecimalCommas(codes: [Int]) -> Bool {
    let comma = UInt8(ascii: ",")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let areNumbers = codes.allSatisfy { code in
      let text = distinct[code]
      let unsigned = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
      let parts = unsigned.split(separator: comma, omittingEmptySubsequences: false)
      return parts.count <= 2
        && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(digits.contains) }
    }
    return areNumbers && codes.contains { distinct[$0].contains(comma) }
  }
}
