/// A path or word as it is typed in a shell: in quotes where it has to be.
package func shellWord(_ text: String) -> String {
  let plain = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: byte >= 0x80 || "-_./,:@+%=".utf8.contains(byte)
    }
  }
  guard !plain || text.isEmpty else { return text }
  let pieces = text.split(separator: "'", omittingEmptySubsequences: false)
  return "'" + pieces.joined(separator: "'\\''") + "'"
}
