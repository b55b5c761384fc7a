import PluginKit
import Report
import Testing

private let widths = [360, 768, 1280]

/// Nothing is loaded, nothing fails, nothing sticks out of the page or is cut, no two labels of a figure lie
/// upon each other.
@Test(.enabled(if: Browser.path != nil, Browser.missing), arguments: SampleRun.allCases)
func thePageFitsEveryWidth(run: SampleRun) throws {
  let (results, console) = try Browser.run(
    try run.report.page(), widths: widths,
    script: """
      document.querySelectorAll("details").forEach((part) => part.open = true);
      const inside = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1
        && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
      const meets = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
        && a.top < b.bottom - 1 && b.top < a.bottom - 1;
      const cut = [], meeting = [];
      for (const drawing of document.querySelectorAll("figure svg[role=img]")) {
        const border = drawing.getBoundingClientRect();
        const texts = [...drawing.querySelectorAll("text")].map((text) =>
          ({ words: text.textContent, place: text.getBoundingClientRect() }));
        const title = drawing.querySelector("title").textContent;
        for (const text of texts) if (!inside(text.place, border)) cut.push(title + ": " + text.words);
        texts.forEach((a, index) => texts.slice(index + 1).forEach((b) => {
          if (meets(a.place, b.place)) meeting.push(title + ": " + a.words + " / " + b.words);
        }));
      }
      return {
        width: innerWidth, overflow: document.documentElement.scrollWidth - innerWidth,
        cut: cut.slice(0, 5), meeting: meeting.slice(0, 5),
      };
      """)
  #expect(console == [])
  for (result, width) in zip(results, widths) {
    #expect(abs((result["width"]?.integer ?? 0) - width) <= 20)
    #expect((result["overflow"]?.integer ?? .max) <= 0, "at \(width): \(result.text)")
    for name in ["failures", "loaded", "cut", "meeting"] {
      #expect(result[name] == .array([]), "\(name) at \(width)")
    }
  }
}

@Test(.enabled(if: Browser.path != nil, Browser.missing))
func columnsSortByAClickAndLinksLeadToSections() throws {
  let (results, console) = try Browser.run(
    try SampleRun.usual.report.page(), widths: [1280],
    script: """
      const table = document.querySelector("#leaderboard table");
      const column = (index) => [...table.tBodies[0].rows].map((row) =>
        row.cells[index].querySelector("data")?.value ?? row.cells[index].textContent.trim());
      const head = (index) => table.tHead.rows[0].cells[index];
      const before = column(0);
      head(3).querySelector("button").click();
      const ascending = column(3), first = head(3).getAttribute("aria-sort");
      head(3).querySelector("button").click();
      const descending = column(3), second = head(3).getAttribute("aria-sort");
      head(1).querySelector("button").click();
      const models = column(1);
      head(0).querySelector("button").click();
      const sections = [...document.querySelectorAll("nav a")].map((link) => {
        link.click();
        return document.querySelector(":target") === document.querySelector(link.hash);
      });
      return { before, ascending, descending, models, after: column(0), first, second, sections,
        sorted: table.querySelectorAll("[aria-sort]").length };
      """)
  #expect(console == [])
  let result = try #require(results.first)
  func texts(_ name: String) -> [String] { result[name]?.array?.compactMap(\.string) ?? [] }
  func figures(_ name: String) -> [Double] { texts(name).compactMap { Double($0) } }
  #expect(texts("before").count == 30)
  #expect(figures("ascending").count == 27)
  #expect(figures("ascending") == figures("ascending").sorted())
  #expect(figures("descending") == figures("ascending").reversed())
  // Trials without a figure stay at the end.
  #expect(texts("ascending").suffix(3) == ["failed", "failed", "failed"])
  #expect(texts("descending").suffix(3) == ["failed", "failed", "failed"])
  #expect(texts("models") == texts("models").sorted())
  #expect(texts("after") == texts("before"))
  #expect(result["first"] == .string("ascending"))
  #expect(result["second"] == .string("descending"))
  #expect(result["sorted"] == .integer(1))
  #expect(result["sections"]?.array?.contains(.bool(false)) == false)
}
