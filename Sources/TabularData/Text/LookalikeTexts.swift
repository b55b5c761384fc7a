/// What to say of texts that read the same and differ only in their Unicode normal form.
///
/// - Parameters:
///   - texts: Texts of which no two have the same bytes.
///   - noun: What they are, in the plural, such as `labels`.
///   - title: The column that holds them.
/// - Returns: A whole sentence, or nil if there are none.
func lookalikeWarning(_ texts: [String], _ noun: String, in title: String) -> String? {
  var seen: Set<String> = []
  let repeated = texts.filter { !seen.insert($0).inserted }
  guard !repeated.isEmpty else { return nil }
  let pairs = repeated.map { text in
    let twin = texts.first { $0 == text } ?? text
    return "\(quoted(twin)) (\(codePoints(of: twin))) and \(quoted(text)) (\(codePoints(of: text)))"
  }
  return "\(title) holds \(noun) that read the same and are kept apart, since their characters "
    + "differ: \(listed(pairs, atMost: 3)); to make them one, save the table in Unicode's form NFC"
}

/// The characters of a text beyond ASCII, such as `U+0065 U+0301`: an accent with its letter.
private func codePoints(of text: String) -> String {
  text.filter { !$0.isASCII }.unicodeScalars.map { scalar in
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }.joined(separator: " ")
}
