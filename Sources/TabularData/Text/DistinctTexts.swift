/// The distinct texts of a column, numbered in the order in which they first occur.
///
/// An open-addressing hash table over one store of bytes: a text that is known already costs no
/// allocation.
struct DistinctTexts {
  /// All distinct texts, one after the other.
  private var store: [UInt8] = []
  /// Where each text ends in `store`.
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  /// The row of the file in which each text first occurs.
  private(set) var firstRows: [Int] = []
  /// Codes at the places of their hashes, -1 where a place is free; a power of two of them.
  private var slots: [Int32] = []

  var count: Int { ends.count }

  /// The bytes of a text.
  subscript(code: Int) -> ArraySlice<UInt8> { store[(code == 0 ? 0 : ends[code - 1])..<ends[code]] }

  /// The code of a text, which is a new one if the text has not occurred before.
  mutating func code(of text: UnsafeBufferPointer<UInt8>, row: Int) -> Int32 {
    if slots.count < 2 * (count + 1) { grow() }
    let hash = hashBytes(text)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let code = Int(slots[slot])
      if hashes[code] == hash, isEqual(code, text) { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    let code = Int32(count)
    slots[slot] = code
    store.append(contentsOf: text)
    ends.append(store.count)
    hashes.append(hash)
    firstRows.append(row)
    return code
  }

  private func isEqual(_ code: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = code == 0 ? 0 : ends[code - 1]
    guard ends[code] - start == text.count else { return false }
    for position in text.indices where store[start + position] != text[position] { return false }
    return true
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: max(16, slots.count * 2))
    for (code, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(code)
    }
  }
}

/// FNV-1a over 64 bits, with a last mix so that the low bits depend on all of the text.
private func hashBytes(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in text { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
  return hash ^ (hash >> 32)
}
