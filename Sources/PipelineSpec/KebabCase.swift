/// A word with `-` for each `_`: users may type either in values.
func kebabCase(_ word: String) -> String {
  String(word.map { $0 == "_" ? "-" : $0 })
}
