import PluginKit
import PipelineSpec

/// What belongs to the one who asks: when to stop, and where the plugin's messages go.
struct SessionContext {
  let checkpoint: () throws -> Void
  let log: (String) -> Void
}

/// What a plugin answers in place of what it was asked for; it stays ready.
struct PluginRefusal: Error {
  let reason: String
}

/// A process of a plugin in conversation, with what it holds: matrices and models, by number.
///
/// It is used by one thread at a time. After a failure, or when it was stopped from outside, the process is
/// gone and the session of no further use.
final class PluginSession: @unchecked Sendable {
  /// Seconds between the request to end and the kill.
  private static let grace = 0.5

  private let file: PluginFile
  private let memoryLimit: Int
  private let process: PluginProcess
  private let channel: PluginChannel
  private var matrices = ResidentMatrices()
  private var models = ResidentModels()
  /// What the plugin wrote to standard error in the last exchange.
  private var messages = ""

  /// Starts a process and greets it.
  ///
  /// - Throws: ``PluginFault`` if there is no process that speaks the protocol; what the context throws.
  init(_ file: PluginFile, context: SessionContext) throws {
    self.file = file
    memoryLimit = file.memoryLimit ?? physicalMemory() / 2
    process = try PluginProcess(
      command: file.command, folder: file.folder, memoryLimit: memoryLimit)
    channel = PluginChannel(process: process)
    try greet(context)
  }

  /// Whether the process still runs, as far as it is known.
  var isUsable: Bool { !process.hasEnded }

  /// Whether a model is there already.
  func holds(model: Int) -> Bool { models.number(of: model) != nil }

  /// Whether a matrix is there already.
  func holds(_ features: FeatureMatrix) -> Bool { matrices.holds(features) }

  /// Says goodbye and waits for the end of the process; after a second it is killed.
  func close() {
    guard isUsable else { return }
    channel.send(PluginMessage([("verb", .string("bye"))]))
    channel.flush()
    process.closeInput()
    _ = process.waitForEnd(seconds: 1)
    process.end(grace: 0)
  }

  // MARK: Verbs

  private func greet(_ context: SessionContext) throws {
    let hello = PluginMessage([
      ("verb", .string("hello")), ("protocol", .integer(file.protocolVersion)),
      ("program", .string("automl")),
    ])
    let answer: PluginMessage
    do {
      answer = try ask("hello", hello, timeout: file.startTimeout, context)
    } catch let refusal as PluginRefusal {
      end()
      throw PluginFault("the plugin refused to start: \(refusal.reason)")
    }
    guard let version = answer["protocol"]?.integer else {
      throw fault("answered hello without the version of its protocol", context)
    }
    guard version <= PluginFile.knownProtocol else {
      throw fault(
        "speaks protocol \(version), and this program knows up to \(PluginFile.knownProtocol)",
        context)
    }
    guard version == file.protocolVersion else {
      throw fault(
        "speaks protocol \(version), and its plugin.yaml says \(file.protocolVersion)", context)
    }
  }

  /// Makes sure that a matrix is there, and gives its number.
  func send(_ rows: SessionRows, _ context: SessionContext) throws -> Int {
    if let number = matrices.number(of: rows) { return number }
    let number = matrices.place(for: rows)
    do {
      _ = try ask("data", rows.message(number: number), context)
    } catch {
      matrices.remove(number)
      throw error
    }
    return number
  }

  /// Trains a model and fetches its state.
  ///
  /// - Throws: ``PluginRefusal``, ``PluginFault``, or what the contexts throw.
  func fit(
    _ request: FitRequest, _ training: TrainingContext, _ context: SessionContext
  ) throws -> (answer: PluginMessage, state: PluginMessage) {
    let number = models.place()
    channel.send(request.message(model: number, training))
    var answer = try receive("fit", timeout: file.timeout, context)
    while let report = answer["report"] {
      guard let epoch = EpochReport(report) else {
        throw fault("reported an epoch without epoch, training_loss and training_accuracy", context)
      }
      let goesOn = training.report(epoch) == .proceed
      channel.send(PluginMessage([("verb", .string(goesOn ? "proceed" : "stop"))]))
      answer = try receive("fit", timeout: file.timeout, context)
    }
    try check(answer, "fit", context)
    let save = PluginMessage([("verb", .string("save")), ("model", .integer(number))])
    return (answer, try ask("save", save, context))
  }

  /// Makes sure that a model is there, and gives its number.
  func load(model: Int, _ message: PluginMessage, _ context: SessionContext) throws -> Int {
    if let number = models.number(of: model) { return number }
    let number = models.place()
    var message = message
    message.members.insert(("verb", .string("load")), at: 0)
    message.members.insert(("model", .integer(number)), at: 1)
    _ = try ask("load", message, context)
    models.note(model, at: number)
    return number
  }

  /// Scores rows with a model that is there.
  func scores(
    model: Int, data: Int, rowCount: Int, classCount: Int, _ context: SessionContext
  ) throws -> ScoreMatrix {
    let request = PluginMessage([
      ("verb", .string("scores")), ("model", .integer(model)), ("data", .integer(data)),
    ])
    let answer = try ask("scores", request, context) { _, arrays in
      guard arrays.count == 1, arrays[0].name == "scores" else {
        return "answered scores with other arrays than the one 'scores'"
      }
      guard arrays[0].type == .f32, arrays[0].shape == [rowCount, classCount] else {
        return
          "answered scores of type \(arrays[0].type) and shape \(arrays[0].shape), expected f32 and "
          + "\([rowCount, classCount])"
      }
      return nil
    }
    let values = answer.array("scores")?.floats ?? []
    guard values.allSatisfy(\.isFinite) else {
      throw PluginFault("the plugin gave scores that are not finite")
    }
    return ScoreMatrix(rowCount: rowCount, columnCount: classCount, values: values)
  }

  // MARK: Exchanges

  /// Sends a request and gives the answer `ok` to it.
  private func ask(
    _ verb: String, _ request: PluginMessage, timeout: Double? = nil, _ context: SessionContext,
    arrays: ((PluginMessage, [ArrayDescription]) -> String?)? = nil
  ) throws -> PluginMessage {
    channel.send(request)
    let answer = try receive(verb, timeout: timeout ?? file.timeout, context, arrays: arrays)
    try check(answer, verb, context)
    return answer
  }

  private func receive(
    _ verb: String, timeout: Double, _ context: SessionContext,
    arrays: ((PluginMessage, [ArrayDescription]) -> String?)? = nil
  ) throws -> PluginMessage {
    let limits = ExchangeLimits(timeout: timeout, checkpoint: context.checkpoint)
    do {
      defer {
        messages = channel.takeLog()
        context.log(messages)
      }
      return try channel.receive(limits: limits) { message, descriptions in
        guard message["ok"] != nil else {
          return descriptions.isEmpty ? nil : "sent arrays with a message that has none"
        }
        return arrays.map { $0(message, descriptions) } ?? Self.refusal(of: descriptions, to: verb)
      }
    } catch let failure as ChannelFailure {
      throw fault(failure, verb, context)
    } catch {
      end()
      throw error
    }
  }

  /// What is wrong with the arrays of an answer whose arrays are the plugin's own affair, or nil.
  private static func refusal(of arrays: [ArrayDescription], to verb: String) -> String? {
    guard verb == "save" else {
      return arrays.isEmpty ? nil : "answered \(verb) with arrays, which has none"
    }
    let names = Set(arrays.map(\.name))
    guard names.count == arrays.count, !names.contains(""), !names.contains("__metadata__") else {
      return "saved arrays without names of their own"
    }
    return arrays.reduce(0) { $0 + $1.byteCount } <= 4 << 30
      ? nil : "saved a state of more than 4 GiB"
  }

  /// Throws if an answer is something else than `ok`.
  private func check(_ answer: PluginMessage, _ verb: String, _ context: SessionContext) throws {
    if answer["ok"]?.string == verb { return }
    if let reason = answer["error"]?.string {
      let text = sentence(reason) + memoryRemark(peak: process.peakMemory, [reason])
      throw answer["fault"]?.bool == true ? PluginFault(text) : PluginRefusal(reason: text)
    }
    if answer["unsupported"] != nil {
      throw fault("does not know the verb '\(verb)'", context)
    }
    throw fault("sent another message than an answer to \(verb)", context)
  }

  // MARK: Failures

  /// Ends the process; what it did wrong completes "the plugin …".
  private func fault(_ what: String, _ context: SessionContext) -> PluginFault {
    end()
    context.log(channel.takeLog())
    return PluginFault("the plugin \(what)")
  }

  private func fault(
    _ failure: ChannelFailure, _ verb: String, _ context: SessionContext
  ) -> PluginFault {
    let ending = process.end(grace: Self.grace)
    let lastWords = channel.takeLog()
    context.log(lastWords)
    switch failure {
    case .malformed(let what): return PluginFault("the plugin \(what)")
    case .closedOutput: return PluginFault("the plugin closed its standard output during \(verb)")
    case .silent(let seconds):
      let time = ParameterValue.real(seconds).description
      let limit = time.hasSuffix(".0") ? String(time.dropLast(2)) : time
      return PluginFault("the plugin kept silent for \(limit) s during \(verb)", isTimeout: true)
    case .ended:
      let children = ending.leftChildren ? ", and left processes behind, which were killed" : ""
      return PluginFault(
        "the plugin \(ending.cause) during \(verb)"
          + memoryRemark(peak: ending.peakMemory, [messages, lastWords]) + children)
    }
  }

  private func end() { process.end(grace: Self.grace) }

  /// Says that memory was the cause, where a process came near its limit or says so itself: memory that is
  /// asked for and not used is seen nowhere.
  private func memoryRemark(peak: Int, _ texts: [String]) -> String {
    let signs = ["MemoryError", "bad_alloc", "annot allocate memory", "ut of memory"]
    let says = texts.contains { text in signs.contains { text.firstRange(of: $0) != nil } }
    guard says || Double(peak) >= 0.8 * Double(memoryLimit) else { return "" }
    return ", at its memory limit of \(memoryLimit >> 20) MiB"
  }

  /// A plugin's reason as it can stand on a leaderboard.
  private func sentence(_ reason: String) -> String {
    let lines = reason.split(whereSeparator: \.isNewline)
    let text = printable(lines.first.map(String.init) ?? "")
    return text.isEmpty ? "the plugin gave no reason" : String(text.prefix(300))
  }
}

extension PluginProcess.Ending.Cause: CustomStringConvertible {
  /// In words that complete "the plugin …".
  var description: String {
    switch self {
    case .status(let status): "ended with status \(status)"
    case .signal(let signal): "was killed by \(signalName(signal))"
    }
  }
}

extension EpochReport {
  /// Reads a report; nil if a member is missing.
  ///
  /// Figures that are not finite are null.
  fileprivate init?(_ json: JSONValue) {
    func figure(_ name: String) -> Double? {
      json[name] == .null ? .nan : json[name]?.number
    }
    guard let epoch = json["epoch"]?.integer, epoch >= 1, let loss = figure("training_loss"),
      let accuracy = figure("training_accuracy")
    else { return nil }
    self.init(
      epoch: epoch, trainingLoss: loss, trainingAccuracy: accuracy,
      monitorLoss: figure("monitor_loss"), monitorAccuracy: figure("monitor_accuracy"))
  }
}
