/// The numbers of some columns, of which NaN ones do not count, without a copy of them.
struct PresentNumbers {
  let columns: [[Double]]

  /// The smallest and the largest; nil where there is none.
  func range() -> (low: Double, high: Double)? {
    var (low, high) = (Double.infinity, -Double.infinity)
    visit { number in
      low = min(low, number)
      high = max(high, number)
    }
    return low <= high ? (low, high) : nil
  }

  /// The mean; NaN for no numbers.
  func mean() -> Double {
    var (sum, count) = (0.0, 0)
    visit { number in
      sum += number
      count += 1
    }
    return sum / Double(count)
  }

  /// The mean of the squared distances from a centre; around the mean this is the variance.
  func meanSquare(around centre: Double) -> Double {
    var (sum, count) = (0.0, 0)
    visit { number in
      sum += (number - centre) * (number - centre)
      count += 1
    }
    return sum / Double(count)
  }

  /// All of them, column after column.
  func collected() -> [Double] {
    var numbers: [Double] = []
    visit { numbers.append($0) }
    return numbers
  }

  @inline(__always)
  private func visit(_ body: (Double) -> Void) {
    for column in columns {
      for number in column where !number.isNaN { body(number) }
    }
  }
}
