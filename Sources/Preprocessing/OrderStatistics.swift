extension [Double] {
  /// The middle value of numbers without NaN: the mean of the two middle ones for an even count.
  ///
  /// Takes O(n) time on average.
  ///
  /// - Precondition: there is at least one number.
  func median() -> Double {
    var numbers = self
    let (low, high) = numbers.neighbours(at: (count - 1) / 2)
    return count.isMultiple(of: 2) ? (low + high) / 2 : low
  }

  /// Quantiles of numbers without NaN, interpolated linearly between order statistics.
  ///
  /// The quantile p lies at position p · (n - 1) of the sorted numbers: definition 7 of R. J. Hyndman and
  /// Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50(4), 1996.
  ///
  /// - Precondition: there is at least one number, and all shares lie in 0...1.
  func quantiles(_ shares: [Double]) -> [Double] {
    var numbers = self
    return shares.map { share in
      let position = share * Double(count - 1)
      let (low, high) = numbers.neighbours(at: Int(position))
      return low + (high - low) * (position - position.rounded(.down))
    }
  }

  /// The number that occurs most often, the smallest of them where there are several; NaN is not allowed.
  ///
  /// - Precondition: there is at least one number.
  func mostFrequent() -> Double {
    let numbers = sorted()
    var (best, bestCount, start) = (numbers[0], 0, 0)
    for end in 1...numbers.count where end == numbers.count || numbers[end] != numbers[start] {
      if end - start > bestCount { (best, bestCount) = (numbers[start], end - start) }
      start = end
    }
    return best
  }

  /// The order statistic of a rank, counted from 0, and the next one (the same for the last rank).
  private mutating func neighbours(at rank: Int) -> (Double, Double) {
    place(rank)
    let next = self[(rank + 1)...].min()
    return (self[rank], next ?? self[rank])
  }

  /// Puts the order statistic of a rank into its place, nothing larger before and nothing smaller behind.
  ///
  /// Hoare's quickselect; when the pivots are bad it sorts what is left, so that it takes O(n log n) at
  /// worst.
  private mutating func place(_ rank: Int) {
    var (low, high) = (0, count - 1)
    var patience = 2 * (Int.bitWidth - count.leadingZeroBitCount)
    while low < high {
      guard patience > 0 else { return self[low...high].sort() }
      patience -= 1
      let (left, right) = partition(low, high)
      if rank <= right { high = right } else if rank >= left { low = left } else { return }
    }
  }

  /// Divides a range by the median of three of its numbers.
  ///
  /// - Returns: Where the numbers from the pivot upwards begin, and where those up to the pivot end.
  private mutating func partition(_ low: Int, _ high: Int) -> (left: Int, right: Int) {
    let (a, b, c) = (self[low], self[(low + high) / 2], self[high])
    let pivot = Swift.max(Swift.min(a, b), Swift.min(Swift.max(a, b), c))
    var (left, right) = (low, high)
    while left <= right {
      while self[left] < pivot { left += 1 }
      while self[right] > pivot { right -= 1 }
      if left <= right {
        swapAt(left, right)
        left += 1
        right -= 1
      }
    }
    return (left, right)
  }
}
