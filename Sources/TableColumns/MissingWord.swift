/// Whether a cell says that there is no value: blank, `NA`, `N/A`, `NaN`, `nan`, `?`, `null`,
/// `NULL`, `None`.
package func isMissingWord(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
  switch text.count {
  case 0: true
  case 1: text[0] == UInt8(ascii: "?")
  case 2: text.elementsEqual("NA".utf8)
  case 3: ["NaN", "nan", "N/A"].contains { text.elementsEqual($0.utf8) }
  case 4: ["null", "NULL", "None"].contains { text.elementsEqual($0.utf8) }
  default: false
  }
}
