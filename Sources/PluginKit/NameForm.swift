/// Whether a name starts with a small letter and has small letters and digits with single separators between
/// them.
package func isName(_ name: String, separator: Character) -> Bool {
  guard let first = name.unicodeScalars.first, ("a"..."z").contains(first) else { return false }
  return name.split(separator: separator, omittingEmptySubsequences: false).allSatisfy { part in
    !part.isEmpty
      && part.unicodeScalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) }
  }
}
