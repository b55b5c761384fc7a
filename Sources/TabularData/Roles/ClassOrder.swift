/// Texts in the order of classes and categories: numbers by value if all are numbers, otherwise by
/// bytes.
func inClassOrder(_ texts: [String]) -> [String] {
  var numbers: [Double] = []
  for text in texts {
    let number = Array(text.utf8).withUnsafeBufferPointer(parseDecimal)
    guard let number, number.isFinite else { return texts.sorted(by: precedesByBytes) }
    numbers.append(number)
  }
  let order = texts.indices.sorted { a, b in
    numbers[a] != numbers[b] ? numbers[a] < numbers[b] : precedesByBytes(texts[a], texts[b])
  }
  return order.map { texts[$0] }
}

private func precedesByBytes(_ a: String, _ b: String) -> Bool {
  a.utf8.lexicographicallyPrecedes(b.utf8)
}
