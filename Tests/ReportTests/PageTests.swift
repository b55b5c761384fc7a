import Foundation
import PluginKit
import Report
import TestSupport
import Testing

/// Runs of all sizes: a usual one, a huge one, one without test rows, one in which everything failed, one with
/// as little as there can be, and one that was explained and checked.
enum SampleRun: CaseIterable {
  case usual, huge, untested, failed, tiny, explained

  var report: RunReport {
    var facts =
      switch self {
      case .usual: runFacts()
      case .huge: runFacts(classes: 100, trials: 1_000, features: 500, rows: 2_000)
      case .untested: runFacts(hasTest: false)
      case .failed: runFacts(trials: 5, hasModel: false)
      case .tiny: runFacts(classes: 2, trials: 2, features: 1, rows: 4)
      case .explained: runFacts()
      }
    if self == .explained { facts.additions = findings }
    return RunReport(facts, seed: Seed(1))
  }
}

@Test(arguments: SampleRun.allCases)
func everyFigureOfThePageStandsInTheDocument(run: SampleRun) throws {
  let report = run.report
  let found = figures(of: try report.page())
  #expect(found.count > (run == .failed ? 20 : 80))
  for figure in found {
    let value = try #require(report.document.value(at: figure.pointer), "\(figure.pointer)")
    #expect(value.text == figure.value, "\(figure.pointer)")
    let number = try #require(value.number)
    // What is shown is the number, rounded; units follow it.
    let shown = figure.text.replacing(",", with: "").prefix { "-+.e0123456789".contains($0) }
    let unit = figure.text.hasSuffix(" ms") ? 1e-3 : figure.text.hasSuffix(" %") ? 1e-2 : 1
    guard let rounded = Double(shown), !figure.text.contains("min"), !figure.text.hasPrefix("<")
    else {
      #expect(figure.pointer.hasPrefix("/timings/"), "\(figure.pointer): \(figure.text)")
      continue
    }
    #expect(
      abs(rounded * unit - number) <= max(0.006 * abs(number), 0.51e-4),
      "\(figure.pointer): \(figure.text) of \(number)")
  }
}

@Test func theHeadlineIsTheSearchMetricOfEachPart() throws {
  let report = SampleRun.usual.report
  let pointers = figures(of: try report.page()).prefix(8).map(\.pointer)
  #expect(
    pointers
      == [0, 1].flatMap { part in
        [
          "metrics/accuracy/value", "rows", "metrics/accuracy/interval/0",
          "metrics/accuracy/interval/1",
        ].map { "/winner/parts/\(part)/\($0)" }
      })
}

/// Nothing is loaded from anywhere, and no markup comes from the table.
@Test(arguments: SampleRun.allCases)
func thePageStandsAlone(run: SampleRun) throws {
  let page = try run.report.page()
  for word in ["http:", "https:", "src=", "@import", "url(", "<link rel=\"stylesheet", "fetch("] {
    #expect(!page.contains(word), "\(word)")
  }
  #expect(!page.contains("<b>"))
  #expect(page.contains("holds &lt;b&gt;text&lt;/b&gt; &amp; more"))
  #expect(page.contains("&lt;2&gt; &amp; &quot;few&quot; rows"))
  #expect(!page.contains("nan"))
  #expect(!page.contains("{{"))
  #expect(!page.contains("Optional("))
}

@Test(arguments: SampleRun.allCases)
func linksLeadToSectionsAndFiguresHaveWords(run: SampleRun) throws {
  let page = try run.report.page()
  let places = try attributes("id", of: page)
  #expect(Set(places).count == places.count)
  for link in try attributes("href", of: page) where link.hasPrefix("#") {
    #expect(places.contains(String(link.dropFirst())), "\(link)")
  }
  for label in try attributes("aria-labelledby", of: page) { #expect(places.contains(label)) }
  let drawings = page.components(separatedBy: "role=\"img\">").dropFirst()
  for drawing in drawings {
    let start = drawing.prefix(400)
    #expect(start.contains(/<title>[^<]+<\/title>\s*<desc>[^<]+<\/desc>/))
  }
  #expect(drawings.count == (run == .failed ? 2 : drawings.count))
  #expect(!drawings.isEmpty)
}

@Test func sectionsThatHaveNothingToShowAreLeftOut() throws {
  let failed = try SampleRun.failed.report.page()
  #expect(try links(failed) == ["#leaderboard", "#curves", "#data", "#reproduction"])
  #expect(failed.contains("No trial is complete, and there is no model: 5 failed."))
  #expect(
    try links(SampleRun.usual.report.page())
      == ["#leaderboard", "#search", "#curves", "#winner", "#data", "#reproduction"])
}

private func links(_ page: String) throws -> [String] {
  try attributes("href", of: page).filter { $0.hasPrefix("#") }
}

@Test func explanationsAndTheCheckOfMarginMachinesAreShown() throws {
  let page = try SampleRun.explained.report.page()
  #expect(
    try links(page) == [
      "#leaderboard", "#search", "#curves", "#winner", "#explanations", "#svm", "#data",
      "#reproduction",
    ])
  for words in [
    "It is an approximate SVM.", "Its last layer is a linear SVM.",
    "the kernel is almost constant", "there is no exact machine of this kind",
    "What more rows bring", "Partial dependence on floor", "Which settings mattered",
    "signal of access point 1: -0.002 (-0.01 to 0.006)",
  ] { #expect(page.contains(words), "\(words)") }
  let pointers = figures(of: page).map(\.pointer)
  for pointer in [
    "/svm_check/models/0/solution/relative_gaps/1", "/svm_check/models/0/agreement/share",
    "/svm_check/models/0/kernel_error/0/root_mean_square", "/explanations/worst_errors/0/row",
    "/explanations/hyperparameters/1/importance",
  ] { #expect(pointers.contains(pointer), "\(pointer)") }
}

@Test func aHugeRunStaysAPageThatOpens() throws {
  let page = try SampleRun.huge.report.page()
  #expect(page.utf8.count < 3_000_000)
  #expect(page.contains("the 6 of 100 classes with the smallest figures"))
  #expect(page.contains("The 40 classes with the lowest medians."))
}

@Test(.enabled(if: PythonOracle.isAvailable), arguments: SampleRun.allCases)
func everyElementThatIsOpenedIsClosed(run: SampleRun) throws {
  let script = """
    import sys
    from html.parser import HTMLParser
    EMPTY = {"meta", "link"}
    class Checker(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open = []
        def handle_starttag(self, tag, attributes):
            if tag not in EMPTY: self.open.append((tag, self.getpos()))
        def handle_endtag(self, tag):
            opened = self.open.pop() if self.open else None
            if opened is None or opened[0] != tag:
                print("closes", tag, "at", self.getpos(), "but open is", opened)
                sys.exit()
        def handle_startendtag(self, tag, attributes): pass
    checker = Checker()
    checker.feed(sys.stdin.read())
    print("open", checker.open)
    """
  #expect(try PythonOracle.run(script, input: try run.report.page()) == "open []\n")
}

extension JSONValue {
  /// What a JSON pointer (RFC 6901) leads to.
  fileprivate func value(at pointer: String) -> JSONValue? {
    var value: JSONValue? = self
    for step in pointer.split(separator: "/") {
      let name = step.replacing("~1", with: "/").replacing("~0", with: "~")
      value =
        if let elements = value?.array {
          Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
        } else {
          value?[String(name)]
        }
    }
    return value
  }
}
