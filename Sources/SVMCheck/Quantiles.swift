/// The values below which given shares of some numbers lie, interpolated between neighbours.
///
/// The quantile of the share p of n sorted values lies at the place p (n - 1), counted from 0.
///
/// Reference: R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American
/// Statistician 50, 1996, definition 7.
///
/// - Parameters:
///   - values: At least one number.
///   - shares: Each in 0...1.
/// - Returns: A value for each share.
package func quantiles(of values: [Double], at shares: [Double]) -> [Double] {
  precondition(!values.isEmpty, "there are no quantiles of no values")
  let sorted = values.sorted()
  return shares.map { share in
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    let high = min(low + 1, sorted.count - 1)
    return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
  }
}
