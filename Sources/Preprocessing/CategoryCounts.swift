/// How often the categories of a column occur in some rows.
struct CategoryCounts {
  /// The categories that occur, the most frequent first, those of equal count by their bytes.
  let byCount: [String]

  init(codes: [Int32], texts: [String]) {
    var counts = [Int](repeating: 0, count: texts.count)
    for code in codes where code >= 0 { counts[Int(code)] += 1 }
    byCount = counts.indices.filter { counts[$0] > 0 }
      .sorted { left, right in
        counts[left] == counts[right]
          ? texts[left].precedesByBytes(texts[right]) : counts[left] > counts[right]
      }
      .map { texts[$0] }
  }
}

extension String {
  /// Whether the bytes of this text come before those of another one: an order without a locale.
  func precedesByBytes(_ other: String) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }
}
