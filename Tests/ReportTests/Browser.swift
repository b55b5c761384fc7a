import Foundation
import PluginKit
import TestSupport
import Testing

/// Chromium without a window, where there is one; `.ci/setup tests` installs it on Debian.
enum Browser {
  static let missing: Comment = "no chromium on the PATH: the report is not opened in a browser"

  static let path: String? = {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return ["chromium", "chromium-browser", "google-chrome"].lazy
      .flatMap { name in folders.map { "\($0)/\(name)" } }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// What pages say of themselves after a script has run in them, each at its width in pixels.
  ///
  /// - Parameters:
  ///   - page: The page.
  ///   - widths: How wide it is shown.
  ///   - script: A function body that returns a value for JSON.
  /// - Returns: The values in the order of the widths, and what the browser wrote on its console.
  /// - Throws: An error of the system, or that the browser gave no answer.
  static func run(
    _ page: String, widths: [Int], script: String
  ) throws -> (results: [JSONValue], console: [String]) {
    let folder = try TemporaryFolder()
    let probed = page.replacing(
      "<head>", with: "<head><script>\(watcher)</script>", maxReplacements: 1
    )
    .replacing("</body>", with: "<script>\(reporter(script))</script></body>", maxReplacements: 1)
    try folder.write(probed, to: "page.html")
    let frames = widths.enumerated().map { index, width in
      "<iframe src=\"page.html?\(index)\" width=\"\(width)\" height=\"900\"></iframe>"
    }
    let collector = """
      const results = [];
      addEventListener("message", (message) => {
        results[message.data.index] = message.data.result;
        if (Object.keys(results).length == \(widths.count)) {
          document.body.textContent = JSON.stringify(results);
        }
      });
      """
    try folder.write(
      "<!doctype html><html><body><script>\(collector)</script>\(frames.joined())</body></html>",
      to: "frames.html")
    let outcome = try ChildProcess(
      executable: try #require(path),
      arguments: [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
        "--window-size=1600,1000", "--user-data-dir=\(folder.path("profile"))",
        "--virtual-time-budget=20000", "--dump-dom", "file://\(folder.path("frames.html"))",
      ]
    ).finish(timeLimit: 100)
    let body = try #require(outcome.output.firstMatch(of: /<body>(\[.*\])<\/body>/), "\(outcome)")
    let text = String(body.1).replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&amp;", with: "&")
    return (
      try #require(JSONValue(parsing: text).array),
      outcome.messages.split(separator: "\n").filter { $0.contains("CONSOLE") }.map(String.init)
    )
  }

  private static let watcher = """
    window.failures = [];
    addEventListener("error", (event) => failures.push(String(event.message)), true);
    """

  private static func reporter(_ script: String) -> String {
    """
    addEventListener("load", () => {
      const result = (() => { \(script) })();
      const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
      parent.postMessage(
        { index: Number(location.search.slice(1)), result: { ...result, failures, loaded } }, "*");
    });
    """
  }
}
