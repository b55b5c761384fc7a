/// What a person should know about a kernel, in whole sentences; empty if it is neither almost constant nor
/// almost 0 between different rows.
///
/// Either kind tells no classes apart, however well the machine is solved.
///
/// - Parameter values: The kernel between random pairs of training rows, where it is 1 for equal rows.
/// - Returns: No sentence or one.
public func kernelWarnings(values: [Double]) -> [String] {
  guard !values.isEmpty else { return [] }
  let values = values.sorted()
  let low = values[values.count / 20]
  let high = values[values.count - 1 - values.count / 20]
  if low > 0.95 {
    return [
      "The kernel is almost constant: nine tenths of its values between pairs of training rows lie "
        + "in \(rounded(low)) to \(rounded(high)); a smaller scale would tell rows apart."
    ]
  }
  if high < 0.01 {
    return [
      "The kernel is almost the identity: nineteen twentieths of its values between different "
        + "training rows lie below 0.01; a larger scale would relate rows to each other."
    ]
  }
  return []
}

private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
