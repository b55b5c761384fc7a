#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import Evaluation
import ModelExport
import PipelineSpec
import PluginKit
import StudyStore
import SystemFiles
import TabularData

/// The facts about a run that `run.json` holds: what is needed to run it again and to compare.
struct RunRecord: Sendable {
  /// The version of the file's form.
  static let version = 1

  let pipeline: Pipeline
  let registry: PluginRegistry
  let options: RunOptions
  let dataHashes: [(name: String, hash: String?)]
  /// The hashes of the files of those plugins that are no part of the program, by id.
  let pluginHashes: [(id: String, hash: String)]
  let started: Int
  var timings: [(String, Double)] = []
  var warnings: [String] = []
  /// Trials that a limit or a person ended.
  var stoppedTrials: [Int] = []
  /// Whether another run would give the same.
  var isDeterministic = true
  /// How often the study was started, and the seconds that all starts took.
  var starts = 1
  var elapsed = 0.0
  var segments: [StudySegment] = []
  /// The trials of another study that this one began with.
  var warmStart: WarmStart?

  init(pipeline: Pipeline, registry: PluginRegistry, options: RunOptions) throws {
    self.pipeline = pipeline
    self.registry = registry
    self.options = options
    started = time(nil)
    var hashes: [(String, String?)] = []
    for (name, path) in [("source", pipeline.data.source), ("test", pipeline.data.test)] {
      guard let path else { continue }
      // Standard input can be read only once, by the reader of the table.
      hashes.append((name, try path == "-" ? nil : SHA256.hexDigest(ofFile: path)))
    }
    dataHashes = hashes
    pluginHashes = try Self.plugins(of: pipeline, registry).compactMap { plugin in
      try plugin.fingerprint().map { (plugin.manifest.id, $0) }
    }
  }

  /// Whether the identity covers the bytes of every table.
  var knowsAllData: Bool { dataHashes.allSatisfy { $0.hash != nil } }

  /// A hash of all that determines the result: the pipeline but for its name and its output, the bytes of the
  /// tables wherever they lie, versions, CPU path.
  var identity: String {
    let document = JSONValue.object([
      ("program", .string(options.programVersion)), ("pipeline", essentials), ("data", hashes),
      ("plugins", plugins), ("plugin_files", pluginFiles), ("cpu", cpu),
      ("warm_start", warmStart.map { .string($0.digest) } ?? .null),
    ])
    return "sha256:" + SHA256.hexDigest(of: Array(document.text.utf8))
  }

  /// What has to stay the same from one start of a study to the next.
  var studyIdentity: StudyIdentity {
    let versions = (plugins.members ?? []).map { id, version -> (String, JSONValue) in
      let hash = pluginHashes.first { $0.id == id }?.hash
      return (id, hash.map { .string("\(version.text), files \($0)") } ?? version)
    }
    return StudyIdentity(pipeline: pipeline.resolved, data: hashes, plugins: .object(versions))
  }

  /// Takes over what is known at the end of a search.
  mutating func describe(_ study: Study, _ leaderboard: Leaderboard) async throws {
    let timeouts = leaderboard.entries.filter { $0.status == .timeout }.compactMap(\.trial)
    stoppedTrials = Set(timeouts + (await study.journal.stoppedTrials)).sorted()
    isDeterministic = leaderboard.search.deterministic
    starts = try study.facts.starts()
    elapsed = try study.facts.elapsedSeconds()
    segments = try study.facts.segments()
    warmStart = try study.facts.warmStart()
  }

  /// The contents of `run.json`.
  var json: JSONValue {
    .object([
      ("version", .integer(Self.version)),
      ("identity", .string(identity)),
      (
        "program",
        .object([("name", .string("automl")), ("version", .string(options.programVersion))])
      ),
      (
        "formats",
        .object([("model", .integer(ModelBundle.formatVersion)), ("leaderboard", .integer(1))])
      ),
      ("plugins", plugins),
      ("plugin_files", pluginFiles),
      ("seed", Int(exactly: pipeline.seed).map { .integer($0) } ?? .string("\(pipeline.seed)")),
      ("data", hashes),
      ("cpu", cpu),
      ("machine", machine),
      ("workers", .integer(options.workers)),
      ("started", .string(timestamp(started))),
      ("timings", .object(timings.map { ($0.0, .number($0.1)) })),
      ("starts", .integer(starts)),
      ("elapsed_seconds", .number(elapsed)),
      ("segments", .array(segments.map(\.json))),
      (
        "warm_start",
        warmStart.map {
          .object([("trials", .integer($0.trials.count)), ("digest", .string($0.digest))])
        } ?? .null
      ),
      ("deterministic", .bool(isDeterministic)),
      ("stopped_trials", .array(stoppedTrials.map { .integer($0) })),
      ("warnings", .array(warnings.map { .string($0) })),
    ])
  }

  private var essentials: JSONValue {
    let parts = (pipeline.resolved.members ?? []).filter {
      !["output", "name", "plugins"].contains($0.0)
    }
    return .object(
      parts.map { name, value in
        // Where tables and studies lie is no part of what they are.
        switch name {
        case "data": (name, value.without("source").without("test"))
        case "search": (name, value.without("warm_start"))
        default: (name, value)
        }
      })
  }

  private var hashes: JSONValue {
    .object(dataHashes.map { ($0.name, $0.hash.map { .string("sha256:" + $0) } ?? .null) })
  }

  private var plugins: JSONValue {
    .object(
      Self.plugins(of: pipeline, registry).map { ($0.manifest.id, .integer($0.manifest.version)) })
  }

  private var pluginFiles: JSONValue {
    .object(pluginHashes.map { ($0.id, .string($0.hash)) })
  }

  /// The plugins that a run uses, the baseline's among them: others, which may be installed or not, change
  /// nothing.
  private static func plugins(
    of pipeline: Pipeline, _ registry: PluginRegistry
  ) -> [any ModelPlugin] {
    let used = pipeline.models.map(\.use) + [TrialPlanner.baselineName]
    return registry.plugins.filter { used.contains($0.manifest.id) }
  }

  private var cpu: JSONValue {
    .object([
      ("path", .string(CPUPath.current.rawValue))
    ])
  }

  /// The machine, without its name: no part of the identity.
  private var machine: JSONValue {
    var names = utsname()
    uname(&names)
    let model = (try? readFile("/proc/cpuinfo")).flatMap { bytes in
      String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        .first { $0.hasPrefix("model name") }?.split(separator: ":").last
        .map { String($0.drop { $0 == " " }) }
    }
    return .object([
      ("system", .string(text(of: &names.sysname))),
      ("architecture", .string(text(of: &names.machine))),
      ("processor", model.map { .string($0) } ?? .null),
      ("cores", .integer(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))),
    ])
  }

  /// The text of a field of fixed size that ends with a zero byte.
  private func text<Field>(of field: inout Field) -> String {
    withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// A moment in UTC, as ISO 8601.
  private func timestamp(_ seconds: Int) -> String {
    var moment = seconds
    var parts = tm()
    gmtime_r(&moment, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T"
      + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }
}
