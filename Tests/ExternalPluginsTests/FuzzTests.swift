import ExternalPlugins
import Foundation
import PipelineSpec
import PluginKit
import TestSupport
import Testing

/// The answers of a whole conversation up to the saved model, as bytes.
private let answersToTraining = """
  {"ok":"hello","protocol":1}
  {"ok":"data"}
  {"report":{"epoch":1,"training_loss":0.5,"training_accuracy":0.9}}
  {"ok":"fit","trainable_parameters":2,"stopping":"budget","warnings":["It is small."]}
  {"ok":"save","state":{"kind":"a"},"arrays":[{"name":"w","type":"f32","shape":[2]}]}

  """.bytes + UInt64(8).bytes + [0, 0, 128, 63, 0, 0, 0, 64]

/// The answers of a conversation that loads a model and scores three rows with it.
private let answersToScoring =
  "{\"ok\":\"hello\",\"protocol\":1}\n{\"ok\":\"load\"}\n{\"ok\":\"data\"}\n".bytes
  + "{\"ok\":\"scores\",\"arrays\":[{\"name\":\"scores\",\"type\":\"f32\",\"shape\":[3,2]}]}\n"
  .bytes
  + UInt64(24).bytes + [UInt8](repeating: 0, count: 20) + [0, 0, 128, 63]

/// What damaged answers led to.
private enum Ending: Equatable {
  case model(ModelState)
  case scores(ScoreMatrix)
  case refused
}

@Test func theAnswersThatAreDamagedBelowAreGood() throws {
  let state = ModelState(
    tensors: [NamedTensor("w", shape: [2], values: [1, 2])],
    attributes: .object([
      ("classes", .integer(2)), ("features", .integer(1)), ("trainable_parameters", .integer(2)),
      ("state", .object([("kind", .string("a"))])),
    ]))
  #expect(try ending(ofTraining: answersToTraining) == .model(state))
  #expect(
    try ending(ofScoring: answersToScoring)
      == .scores(ScoreMatrix(rowCount: 3, columnCount: 2, values: [0, 0, 0, 0, 0, 1])))
}

/// Whatever comes, it gives a model or a reason: no crash, and no wait for what never comes.
@Test(arguments: 0..<8 as Range<UInt64>)
func damagedAnswersGiveAModelOrAReason(seed: UInt64) throws {
  var generator = Seed(seed).keyed("damage").generator()
  for _ in 0..<25 {
    _ = try ending(ofTraining: damaged(answersToTraining, &generator))
    _ = try ending(ofScoring: damaged(answersToScoring, &generator))
  }
}

@Test(arguments: 0..<4 as Range<UInt64>)
func noiseGivesAReason(seed: UInt64) throws {
  var generator = Seed(seed).keyed("noise").generator()
  for _ in 0..<10 {
    let noise = (0..<1 + generator.index(below: 3_000)).map { _ in
      UInt8(generator.index(below: 256))
    }
    #expect(try ending(ofTraining: noise) == .refused)
  }
}

/// The bytes with some of them changed, removed, repeated or cut off.
private func damaged(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
  var bytes = bytes
  for _ in 0..<1 + generator.index(below: 3) {
    let position = generator.index(below: max(1, bytes.count))
    guard bytes.indices.contains(position) else { break }
    switch generator.index(below: 5) {
    case 0: bytes[position] = UInt8(generator.index(below: 256))
    case 1: bytes.remove(at: position)
    case 2: bytes.insert(contentsOf: bytes[position...].prefix(40), at: position)
    case 3: bytes[position] = Array("0123456789\"{}[]:,\n-.e".utf8)[generator.index(below: 21)]
    default: bytes.removeSubrange(position...)
    }
  }
  return bytes
}

/// Trains with a plugin that gives these answers, whatever it is asked, and ends.
private func ending(ofTraining answers: [UInt8]) throws -> Ending {
  let sample = try SamplePlugin(command: "[cat, answers]")
  try sample.folder.write(Data(answers), to: "other/answers")
  let data = TrainingData(
    features: FeatureMatrix(rowCount: 2, columnCount: 1, values: [0, 1]), labels: [0, 1],
    classCount: 2)
  do {
    return .model(try sample.train(data).model.state())
  } catch is PluginFault {
    return .refused
  } catch is TrainingFailure {
    return .refused
  }
}

/// Scores with a plugin that gives these answers, whatever it is asked, and ends.
private func ending(ofScoring answers: [UInt8]) throws -> Ending {
  // It stays until the scores are there: a model that is loaded is in its process.
  let sample = try SamplePlugin(
    command: "[sh, -c, 'cat answers; exec cat > /dev/null']", more: ", timeout: 0.3")
  try sample.folder.write(Data(answers), to: "other/answers")
  let state = ModelState(
    tensors: [],
    attributes: .object([
      ("classes", .integer(2)), ("features", .integer(1)), ("trainable_parameters", .integer(0)),
    ]))
  do {
    let model = try sample.plugin.restored(state)
    return .scores(
      try model.scores(for: FeatureMatrix(rowCount: 3, columnCount: 1, values: [1, 2, 3])))
  } catch is PluginFault {
    return .refused
  } catch is TrainingFailure {
    return .refused
  } catch is ModelStateError {
    return .refused
  }
}

extension String {
  fileprivate var bytes: [UInt8] { Array(utf8) }
}

extension UInt64 {
  /// The eight bytes in little-endian order.
  fileprivate var bytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
