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
package struct ModelBundle: Sendable, Equatable {
  /// The format that this program writes; it reads this one and earlier ones.
  package static let formatVersion = 1

  /// The columns that the model was trained on, and its classes.
  package var schema: TableSchema
  package var preprocessing: FittedPreprocessor
  package var calibration: TemperatureScaling
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

  package init(
    schema: TableSchema, preprocessing: FittedPreprocessor, calibration: TemperatureScaling,
    classWeights: [Float]? = nil, pluginID: String, pluginVersion: Int, state: ModelState,
    report: TrainingReport, pipeline: JSONValue
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
  }
}

// MARK: Writing

extension ModelBundle {
  /// The bytes of the model file; equal bundles give equal bytes.
  package func encoded() -> [UInt8] {
    var file = SafetensorsFile(
      metadata: [
        .init("format", Self.format), .init("format_version", String(Self.formatVersion)),
        .init("digest", Self.noDigest), .init("model", document.text),
      ], tensors: state.tensors, buffers: state.buffers)
    let digest = "sha256:" + SHA256.hexDigest(of: file.encoded())
    file.metadata[2] = .init("digest", digest)
    return file.encoded()
  }

  private var document: JSONValue {
    .object([
      ("plugin", .object([("id", .string(pluginID)), ("version", .integer(pluginVersion))])),
      ("schema", schema.json),
      ("preprocessing", preprocessing.json),
      ("calibration", .object([("inverse_temperature", .number(calibration.beta))])),
      ("class_weights", classWeights.map { .array($0.map { .number(Double($0)) }) } ?? .null),
      ("state", state.attributes),
      ("training", report.json),
      ("pipeline", pipeline),
    ])
  }

  private static let format = "automl-model"
  private static let noDigest = "sha256:" + String(repeating: "0", count: 64)
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
    guard let plugin = document["plugin"]?["id"]?.string,
      let version = document["plugin"]?["version"]?.integer,
      let schema = document["schema"], let preprocessing = document["preprocessing"],
      let beta = document["calibration"]?["inverse_temperature"]?.number, beta > 0,
      beta.isFinite,
      let attributes = document["state"],
      let report = document["training"].flatMap(TrainingReport.init(json:)),
      let pipeline = document["pipeline"]
    else { throw ModelFileError.damaged("its description is incomplete") }
    let tableSchema = try TableSchema(json: schema)
    let classWeights = document["class_weights"]?.array?.compactMap(\.number)
    guard classWeights.map({ $0.count == tableSchema.classes.count }) ?? true else {
      throw ModelFileError.damaged("its class weights do not fit its classes")
    }
    self.init(
      schema: tableSchema,
      preprocessing: try FittedPreprocessor(json: preprocessing),
      calibration: TemperatureScaling(beta: beta),
      classWeights: classWeights?.map { Float($0) },
      pluginID: plugin, pluginVersion: version,
      state: ModelState(tensors: file.tensors, buffers: file.buffers, attributes: attributes),
      report: report,
      pipeline: pipeline)
  }
}
