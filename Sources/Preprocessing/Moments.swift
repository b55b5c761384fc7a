extension [Double] {
  /// The mean; NaN for no numbers.
  func mean() -> Double {
    var sum = 0.0
    for number in self { sum += number }
    return sum / Double(count)
  }

  /// The mean of the squared distances from a centre; around the mean this is the variance.
  func meanSquare(around centre: Double) -> Double {
    var sum = 0.0
    for number in self { sum += (number - centre) * (number - centre) }
    return sum / Double(count)
  }
}
