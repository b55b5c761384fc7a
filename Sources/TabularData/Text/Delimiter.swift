/// Finds the byte that separates the fields of a text: tab, comma or semicolon.
///
/// Up to 100 lines are looked at. The delimiter that gives the most lines with one and the same
/// number of fields, two or more, wins; where that is equal, tab before the others, then the one
/// that gives more fields. Quoted fields hold no delimiters. A text without any is one column, as
/// if written with commas.
///
/// - Parameters:
///   - bytes: The beginning of a text.
///   - isWhole: Whether the text ends there, or is not to be looked at any further.
/// - Returns: The delimiter; nil if more of the text is needed.
func detectDelimiter(_ bytes: UnsafeBufferPointer<UInt8>, isWhole: Bool) -> UInt8? {
  let lines = 100
  var best = (delimiter: UInt8(ascii: ","), agreeing: 0, fields: 1)
  for delimiter in [UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: ";")] {
    let counts = fieldCounts(bytes, delimiter: delimiter, lines: lines, isWhole: isWhole)
    guard isWhole || counts.count == lines else { return nil }
    guard let usual = mostFrequent(counts.filter { $0 > 1 }) else { continue }
    let agreeing = counts.count { $0 == usual }
    let isTab = best.delimiter == UInt8(ascii: "\t")
    if agreeing > best.agreeing || (agreeing == best.agreeing && !isTab && usual > best.fields) {
      best = (delimiter, agreeing, usual)
    }
  }
  return best.delimiter
}

/// The number of fields of each of the first lines, blank ones apart, whatever is wrong with them.
private func fieldCounts(
  _ bytes: UnsafeBufferPointer<UInt8>, delimiter: UInt8, lines: Int, isWhole: Bool
) -> [Int] {
  var counts: [Int] = []
  var fields = 1
  var isQuoted = false
  var isFieldStart = true
  var isBlank = true
  for byte in bytes {
    switch byte {
    case UInt8(ascii: "\"") where isFieldStart || isQuoted:
      // A doubled quote closes and opens again.
      isQuoted.toggle()
      isFieldStart = !isQuoted
      isBlank = false
    case _ where isQuoted: continue
    case delimiter:
      fields += 1
      isFieldStart = true
      isBlank = false
    case 0x0A:
      if !isBlank { counts.append(fields) }
      guard counts.count < lines else { return counts }
      (fields, isFieldStart, isBlank) = (1, true, true)
    case 0x20, 0x0D: continue
    default: (isFieldStart, isBlank) = (false, false)
    }
  }
  if isWhole, !isBlank { counts.append(fields) }
  return counts
}

/// The number that occurs most often, the largest of several.
private func mostFrequent(_ numbers: [Int]) -> Int? {
  var best: (number: Int, occurrences: Int)?
  var current = (number: 0, occurrences: 0)
  for number in numbers.sorted() {
    current = (number, number == current.number ? current.occurrences + 1 : 1)
    if current.occurrences >= best?.occurrences ?? 0 { best = current }
  }
  return best?.number
}
