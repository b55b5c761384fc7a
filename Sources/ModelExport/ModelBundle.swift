package import Evaluation
package import PluginKit
package import Preprocessing
import SystemFiles
package import TableColumns

/// A whole model: everything that leads from the columns of a table to a class.
///
/// Its file is a safetensors file. The arrays are the weights; the metadata holds `format`,
/// `format_version`, `digest`, and under `model` a JSON document with all the rest. The digest is the
/// SHA-256 of the file with the 64 digits of the digest itself replaced by zeros.
///
/// An ensemble is a bundle whose ``members`` are bundles, with the same schema: `model` describes them under
/// `members`, and their arrays are named `members.0.…` and so on.
package struct ModelBundle: Sendable, Equatable {
  /// The format that this program writes; it reads this one and earlier ones.
  package static let formatVersion = 2
  /// The plugin of an ensemble, which no registry holds: members bring their own.
  package static let ensemblePlugin = "greedy-ensemble"

  /// The columns that the model was trained on, and its classes.
  package var schema: TableSchema
  package var preprocessing: FittedPreprocessor
  package var calibration: Calibration
  /// How much a row of each class counts in metrics, where classes were balanced; nil where all count the same.
  package var classWeights: [Float]?
  /// The id of the plugin that can load the state.
  package var pluginID: String
  /// The version of the plugin's algorithm.
  package var pluginVersion: Int
  package var state: ModelState
  /// How training went.
  package var report: TrainingReport
  /// The parts of the pipeline that determine the model.
  package var pipeline: JSONValue
  /// The models whose mean this one is; empty unless it is an ensemble, which has no columns and no state of
  /// its own.
  package var members: [Member]
  /// What a model in use needs to know.
  package var use = ModelUse()

  /// A model of an ensemble.
  package struct Member: Sendable, Equatable {
    /// How much its probabilities count, over 0; the weights of all members sum to 1.
    package let weight: Double
    package let bundle: ModelBundle

    package init(weight: Double, bundle: ModelBundle) {
      self.weight = weight
      self.bundle = bundle
    }
  }

  package init(
    schema: TableSchema, preprocessing: FittedPreprocessor, calibration: Calibration,
    classWeights: [Float]? = nil, pluginID: String, pluginVersion: Int, state: ModelState,
    report: TrainingReport, pipeline: JSONValue, members: [Member] = []
  ) {
    self.schema = schema
    self.preprocessing = preprocessing
    self.calibration = calibration
    self.classWeights = classWeights
    self.pluginID = pluginID
    self.pluginVersion = pluginVersion
    self.state = state
    self.report = report
    self.pipeline = pipeline
    self.members = members
  }

  /// Makes an ensemble.
  ///
  /// - Parameters:
  ///   - members: One or more, with the same schema and none an ensemble itself.
  ///   - calibration: Of the scores that ``Evaluation/MeanProbabilities`` makes of theirs.
  ///   - pipeline: The parts of the pipeline that determine it.
  package init(ensembleOf members: [Member], calibration: Calibration, pipeline: JSONValue) {
    guard let first = members.first?.bundle else {
      preconditionFailure("an ensemble needs at least 1 member")
    }
    self.init(
      schema: first.schema, preprocessing: .empty, calibration: calibration,
      classWeights: first.classWeights, pluginID: Self.ensemblePlugin, pluginVersion: 1,
      state: ModelState(tensors: []), report: TrainingReport(stopping: .converged),
      pipeline: pipeline, members: members)
  }
}

// MARK: Writing

extension ModelBundle {
  /// The bytes of the model file; equal bundles give equal bytes.
  package func encoded() -> [UInt8] {
    let members = members.enumerated().map { place, member in
      member.bundle.state.renamed { Self.prefix(ofMember: place) + $0 }
    }
    var file = SafetensorsFile(
      metadata: [
        .init("format", Self.format), .init("format_version", String(neededVersion)),
        .init("digest", Self.noDigest), .init("model", document.text),
      ], tensors: state.tensors + members.flatMap(\.tensors),
      buffers: state.buffers + members.flatMap(\.buffers))
    let digest = "sha256:" + SHA256.hexDigest(of: file.encoded())
    file.metadata[2] = .init("digest", digest)
    return file.encoded()
  }

  /// The format that a program must know to use this model.
  private var neededVersion: Int {
    if case .temperature = calibration, members.isEmpty, use.costs == nil { 1 } else { 2 }
  }

  private var document: JSONValue {
    var parts: [(String, JSONValue)] = [
      ("plugin", pluginJSON), ("schema", schema.json), ("preprocessing", preprocessing.json),
      ("calibration", calibration.json),
      ("class_weights", classWeights.map { .array($0.map { .number(Double($0)) }) } ?? .null),
      ("state", state.attributes), ("training", report.json), ("pipeline", pipeline),
    ]
    if !members.isEmpty { parts.append(("members", .array(members.map(\.json)))) }
    if let use = use.json { parts.append(("use", use)) }
    return .object(parts)
  }

  fileprivate var pluginJSON: JSONValue {
    .object([("id", .string(pluginID)), ("version", .integer(pluginVersion))])
  }

  /// What the names of a member's arrays begin with.
  fileprivate static func prefix(ofMember place: Int) -> String { "members.\(place)." }

  private static let format = "automl-model"
  private static let noDigest = "sha256:" + String(repeating: "0", count: 64)
}

extension ModelBundle.Member {
  /// All that the ensemble does not say for its members.
  fileprivate var json: JSONValue {
    .object([
      ("weight", .number(weight)), ("plugin", bundle.pluginJSON),
      ("preprocessing", bundle.preprocessing.json), ("calibration", bundle.calibration.json),
      ("state", bundle.state.attributes), ("training", bundle.report.json),
      ("pipeline", bundle.pipeline),
    ])
  }
}

extension ModelState {
  /// The same state with other names of arrays.
  fileprivate func renamed(_ name: (String) -> String) -> ModelState {
    ModelState(
      tensors: tensors.map { NamedTensor(name($0.name), shape: $0.shape, values: $0.values) },
      buffers: buffers.map {
        NamedBuffer(name($0.name), $0.elementType, shape: $0.shape, bytes: $0.bytes)
      }, attributes: attributes)
  }

  /// The arrays whose names begin with a prefix, without it, and the attributes.
  fileprivate init(_ file: SafetensorsFile, prefix: String, attributes: JSONValue) {
    func own(_ name: String) -> Bool { name.hasPrefix(prefix) }
    let all = ModelState(
      tensors: file.tensors.filter { own($0.name) },
      buffers: file.buffers.filter { own($0.name) }, attributes: attributes)
    self = prefix.isEmpty ? all : all.renamed { String($0.dropFirst(prefix.count)) }
  }
}

// MARK: Reading

extension ModelBundle {
  /// Reads a model file.
  ///
  /// - Throws: ``ModelFileError`` if it was changed since it was written, or is of a later version.
  package init(decoding bytes: [UInt8]) throws(ModelFileError) {
    var file = try SafetensorsFile(decoding: bytes)
    guard file.text("format") == Self.format else {
      throw .unusable("this safetensors file is not a model of automl")
    }
    guard let version = file.text("format_version").flatMap({ Int($0) }) else {
      throw .damaged("it has no format version")
    }
    guard version <= Self.formatVersion else {
      throw .newer(found: version, known: Self.formatVersion)
    }
    try Self.verifyDigest(of: &file, bytes: bytes)
    guard let text = file.text("model") else { throw .damaged("it has no description") }
    do {
      try self.init(document: JSONValue(parsing: text), file: file)
    } catch let error as ModelFileError {
      throw error
    } catch {
      throw .damaged("\(error)")
    }
  }

  private static func verifyDigest(
    of file: inout SafetensorsFile, bytes: [UInt8]
  ) throws(ModelFileError) {
    guard let place = file.metadata.firstIndex(where: { $0.name == "digest" }) else {
      throw .damaged("it has no digest")
    }
    let digest = file.metadata[place].text
    file.metadata[place] = .init("digest", noDigest)
    guard digest == "sha256:" + SHA256.hexDigest(of: file.encoded()) else {
      throw .damaged("its digest does not fit its content")
    }
    file.metadata[place] = .init("digest", digest)
    guard file.encoded() == bytes else { throw .damaged("its header was rewritten") }
  }

  private init(document: JSONValue, file: SafetensorsFile) throws {
    guard let schema = document["schema"] else { throw Self.isIncomplete }
    let tableSchema = try TableSchema(json: schema)
    let classWeights = document["class_weights"]?.array?.compactMap(\.number)
    guard classWeights.map({ $0.count == tableSchema.classes.count }) ?? true else {
      throw ModelFileError.damaged("its class weights do not fit its classes")
    }
    let weights = classWeights?.map { Float($0) }
    let parts = document["members"]?.array ?? []
    // The arrays of a single model may have any names, those of an ensemble are all its members'.
    try self.init(
      part: document, schema: tableSchema, classWeights: weights,
      file: parts.isEmpty ? file : SafetensorsFile(metadata: [], tensors: []), prefix: "")
    if let part = document["use"] {
      guard
        let use = ModelUse(
          json: part, featureCount: tableSchema.features.count,
          classCount: tableSchema.classes.count)
      else { throw ModelFileError.damaged("what it says for its use does not fit its columns") }
      self.use = use
    }
    for (place, part) in parts.enumerated() {
      guard let weight = part["weight"]?.number, weight > 0, weight <= 1 else {
        throw ModelFileError.damaged("a member of the ensemble has no weight")
      }
      let bundle = try ModelBundle(
        part: part, schema: tableSchema, classWeights: weights, file: file,
        prefix: Self.prefix(ofMember: place))
      members.append(Member(weight: weight, bundle: bundle))
    }
  }

  /// Reads a model, or what an ensemble says about a member.
  private init(
    part: JSONValue, schema: TableSchema, classWeights: [Float]?, file: SafetensorsFile,
    prefix: String
  ) throws {
    guard let plugin = part["plugin"]?["id"]?.string,
      let version = part["plugin"]?["version"]?.integer,
      let preprocessing = part["preprocessing"],
      let calibration = part["calibration"].flatMap(Calibration.init(json:)),
      calibration.fits(classCount: schema.classes.count),
      let attributes = part["state"],
      let report = part["training"].flatMap(TrainingReport.init(json:)),
      let pipeline = part["pipeline"]
    else { throw Self.isIncomplete }
    self.init(
      schema: schema, preprocessing: try FittedPreprocessor(json: preprocessing),
      calibration: calibration, classWeights: classWeights, pluginID: plugin,
      pluginVersion: version,
      state: ModelState(file, prefix: prefix, attributes: attributes), report: report,
      pipeline: pipeline)
  }

  private static let isIncomplete = ModelFileError.damaged("its description is incomplete")
}
