import Foundation

/// A figure as the page holds it: `<data value="0.97" data-at="/entries/0/…">0.9700</data>`.
struct PageFigure {
  let value: String
  let pointer: String
  let text: String
}

/// All figures of a page, in their order.
func figures(of page: String) -> [PageFigure] {
  page.matches(of: /<data value="([^"]*)" data-at="([^"]*)">([^<]*)<\/data>/).map { match in
    PageFigure(
      value: String(match.1), pointer: unescaped(String(match.2)), text: unescaped(String(match.3)))
  }
}

private func unescaped(_ text: String) -> String {
  text.replacingOccurrences(of: "&quot;", with: "\"").replacingOccurrences(of: "&#39;", with: "'")
    .replacingOccurrences(of: "&lt;", with: "<").replacingOccurrences(of: "&gt;", with: ">")
    .replacingOccurrences(of: "&amp;", with: "&")
}

/// The values of an attribute, in their order.
func attributes(_ name: String, of page: String) throws -> [String] {
  let pattern = try Regex("[ \\n]\(name)=\"([^\"]*)\"", as: (Substring, Substring).self)
  return page.matches(of: pattern).map { String($0.output.1) }
}
