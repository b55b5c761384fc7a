/// A learning algorithm.
///
/// The same data, parameters and seeds give the same model, bit for bit, whatever the thread budget, and
/// whatever was trained before.
public protocol ModelPlugin: Sendable {
  /// What the plugin is called, what it can do and what can be tuned.
  var manifest: PluginManifest { get }

  /// What is wrong with a setting although each value by itself is allowed; empty if nothing is.
  ///
  /// It is asked before training, with a value for every declared parameter.
  func conflicts(in parameters: ParameterValues) -> [ParameterConflict]

  /// Fits a model to labelled rows.
  ///
  /// - Parameters:
  ///   - data: At least one row. NaN appears only if the plugin declares missing values.
  ///   - parameters: A value for each declared parameter, without conflicts.
  ///   - context: Seeds, limits, and where to report.
  /// - Returns: The model for `data.classCount` classes, and how training went.
  /// - Throws: ``TrainingFailure`` with a reason for the leaderboard, or ``TrainingInterruption`` from
  ///   ``TrainingContext/checkpoint()``.
  func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome

  /// Makes a model from what ``TrainedModel/state()`` gave.
  ///
  /// - Throws: ``ModelStateError`` if the state is damaged or of another plugin.
  func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel

  /// The folder of a plugin that is no part of the program; nil for one that is.
  var folder: String? { get }

  /// A hash of the plugin's files; nil for a part of the program, whose version says enough.
  ///
  /// - Throws: An error of the files.
  func fingerprint() throws -> String?
}

extension ModelPlugin {
  public func conflicts(in parameters: ParameterValues) -> [ParameterConflict] { [] }
  public var folder: String? { nil }
  public func fingerprint() throws -> String? { nil }
}

/// Two or more parameters that do not go together.
public struct ParameterConflict: Sendable, Equatable {
  /// The parameter that a person would change first.
  public let parameter: String
  /// A sentence without a full stop, such as "l2: 0 needs solver: adam".
  public let message: String

  public init(_ parameter: String, _ message: String) {
    self.parameter = parameter
    self.message = message
  }
}

/// What is known about a plugin before it trains anything.
public struct PluginManifest: Sendable, Equatable {
  /// What users type: kebab-case, never renamed.
  public let id: String
  /// The version of the algorithm, raised when the same data and seed would give another model.
  public let version: Int
  /// The version of this contract that the plugin was written for.
  public let interfaceVersion: Int
  /// One sentence for people, without a full stop.
  public let summary: String
  public let capabilities: Capabilities
  /// The hyperparameters in the order of help texts.
  public let parameters: [ParameterDeclaration]

  public init(
    id: String, version: Int, interfaceVersion: Int = PluginRegistry.interfaceVersion,
    summary: String, capabilities: Capabilities, parameters: [ParameterDeclaration]
  ) {
    self.id = id
    self.version = version
    self.interfaceVersion = interfaceVersion
    self.summary = summary
    self.capabilities = capabilities
    self.parameters = parameters
  }
}

/// What may be asked of a plugin.
public struct Capabilities: Sendable, Equatable {
  /// Whether row weights are used.
  public var weights: Bool
  /// Whether NaN is understood as a missing value.
  public var missingValues: Bool
  /// Whether training goes in epochs that are reported, and can be stopped early.
  public var epochs: Bool

  public init(weights: Bool, missingValues: Bool = false, epochs: Bool = false) {
    self.weights = weights
    self.missingValues = missingValues
    self.epochs = epochs
  }
}

/// A model and how its training went.
public struct TrainingOutcome: Sendable {
  public let model: any TrainedModel
  public let report: TrainingReport

  public init(model: any TrainedModel, report: TrainingReport) {
    self.model = model
    self.report = report
  }
}

/// How a training went; stored with the model.
public struct TrainingReport: Sendable, Equatable {
  /// Why training ended.
  public enum Stopping: String, Sendable {
    /// The promised accuracy was reached, or the solution is exact.
    case converged
    /// The declared number of epochs or iterations was used up.
    case budget
    /// The score on held-back rows stopped improving.
    case early
  }

  public var stopping: Stopping
  /// The value of the objective that was minimised.
  public var objective: Double?
  /// For each separately solved problem (for one-vs-rest: each class) its primal value minus its dual
  /// value, divided by the primal value.
  public var relativeGaps: [Double]
  /// Newton steps, or epochs.
  public var iterations: Int
  /// The epoch, counted from 1, that early stopping chose; a refit runs the median of these.
  public var bestEpoch: Int?
  /// What a person should know about this model, in whole sentences.
  public var warnings: [String]

  public init(
    stopping: Stopping, objective: Double? = nil, relativeGaps: [Double] = [], iterations: Int = 0,
    bestEpoch: Int? = nil, warnings: [String] = []
  ) {
    self.stopping = stopping
    self.objective = objective
    self.relativeGaps = relativeGaps
    self.iterations = iterations
    self.bestEpoch = bestEpoch
    self.warnings = warnings
  }

  /// The report as a JSON object.
  public var json: JSONValue {
    .object([
      ("stopping", .string(stopping.rawValue)),
      ("objective", objective.map { .number($0) } ?? .null),
      ("relative_gaps", .array(relativeGaps.map { .number($0) })),
      ("iterations", .integer(iterations)),
      ("best_epoch", bestEpoch.map { .integer($0) } ?? .null),
      ("warnings", .array(warnings.map { .string($0) })),
    ])
  }

  /// Reads what ``json`` gave; nil if a member is missing or of another type.
  public init?(json: JSONValue) {
    guard let stopping = json["stopping"]?.string.flatMap(Stopping.init(rawValue:)),
      let gaps = json["relative_gaps"]?.array, let iterations = json["iterations"]?.integer,
      let warnings = json["warnings"]?.array
    else { return nil }
    self.init(
      stopping: stopping, objective: json["objective"]?.number,
      relativeGaps: gaps.map { $0.number ?? .nan }, iterations: iterations,
      bestEpoch: json["best_epoch"]?.integer, warnings: warnings.compactMap(\.string))
  }
}

/// Why a plugin could not train: a reason for the leaderboard, the same in every run.
public struct TrainingFailure: Error, Equatable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// A plugin that broke its contract: it ended, kept silent, or answered what is no answer.
///
/// It is another thing than ``TrainingFailure``, with which a plugin that works refuses a task.
public struct PluginFault: Error, Equatable, CustomStringConvertible {
  /// A reason for the leaderboard, the same in every run.
  public let description: String
  /// Whether a clock ended it, so that a faster machine may see none.
  public let isTimeout: Bool

  public init(_ description: String, isTimeout: Bool = false) {
    self.description = description
    self.isTimeout = isTimeout
  }
}
