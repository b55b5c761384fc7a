import BuiltInPlugins
import Evaluation
import Foundation
import ModelExport
import PluginKit
import TabularData
import TestSupport
import Testing

@Test func everyBuiltInPluginIsCovered() throws {
  #expect(try builtInPlugins().ids == smallSettings.map(\.plugin))
}

@Test(arguments: smallSettings.map(\.plugin))
func aModelIsReadBackToTheBit(id: String) throws {
  let folder = try TemporaryFolder()
  let path = try folder.write(smallTable(), to: "table.csv")
  let bundle = try smallBundle(id, table: path)
  let read = try ModelBundle(decoding: bundle.encoded())
  #expect(read == bundle)
  #expect(read.encoded() == bundle.encoded())
  let registry = try builtInPlugins()
  let rows = try bundle.schema.read(path).features
  let scores = try TabularClassifier(bundle, registry: registry).predict(rows)
  let again = try TabularClassifier(read, registry: registry).predict(rows)
  #expect(again.scores.values.map(\.bitPattern) == scores.scores.values.map(\.bitPattern))
  #expect(again.probabilities == scores.probabilities)
}

@Test(arguments: smallSettings.map(\.plugin))
func theSameModelFromAnotherFolderHasTheSameBytes(id: String) throws {
  let folder = try TemporaryFolder()
  let bytes = try smallBundle(id, table: folder.write(smallTable(), to: "table.csv")).encoded()
  #expect(try smallBundle(id).encoded() == bytes)
  // Where, when and by whom it was made is nobody's business: no path, no year, no name of a machine.
  let text = try header(of: bytes).text
  let host = ProcessInfo.processInfo.hostName
  #expect(!text.contains("/"))
  #expect(host.count < 5 || !text.contains(host))  // a short name may be a part of any word
  #expect(!text.contains("\(Calendar.current.component(.year, from: .now))-"))
}

@Test(arguments: smallSettings.map(\.plugin))
func metadataIsTextOnly(id: String) throws {
  let bytes = try smallBundle(id).encoded()
  let metadata = try #require(try header(of: bytes)["__metadata__"]?.members)
  #expect(metadata.map(\.0) == ["format", "format_version", "digest", "model"])
  #expect(metadata.allSatisfy { $0.1.string != nil })
  #expect(metadata[0].1 == .string("automl-model"))
  #expect(metadata[1].1 == .string("1"))
}

@Test func anyChangedByteIsFound() throws {
  let bytes = try smallBundle("linear-svm").encoded()
  var generator = Seed(11).keyed("flips").generator()
  for _ in 0..<2_000 {
    var damaged = bytes
    let place = generator.index(below: bytes.count)
    damaged[place] ^= UInt8(1 + generator.index(below: 255))
    #expect(throws: ModelFileError.self, "byte \(place) became \(damaged[place])") {
      try ModelBundle(decoding: damaged)
    }
  }
}

@Test func aShortenedOrLengthenedFileIsRefused() throws {
  let bytes = try smallBundle("baseline").encoded()
  var generator = Seed(12).keyed("lengths").generator()
  for _ in 0..<500 {
    let length = generator.index(below: bytes.count)
    #expect(throws: ModelFileError.self, "the first \(length) bytes") {
      try ModelBundle(decoding: Array(bytes[..<length]))
    }
  }
  #expect(throws: ModelFileError.damaged("4 bytes belong to no array")) {
    try ModelBundle(decoding: bytes + [0, 0, 0, 0])
  }
}

@Test func aHeaderThatWasRewrittenIsRefused() throws {
  var bytes = try smallBundle("baseline").encoded()
  let place = try #require(bytes.firstIndex(of: UInt8(ascii: ",")))
  bytes.insert(contentsOf: Array(repeating: UInt8(ascii: " "), count: 8), at: place)
  bytes[0] &+= 8
  if bytes[0] < 8 { bytes[1] += 1 }
  #expect(throws: ModelFileError.damaged("its header was rewritten")) {
    try ModelBundle(decoding: bytes)
  }
}

@Test func aLaterFormatIsRefusedWithBothNumbers() throws {
  var file = try SafetensorsFile(decoding: smallBundle("baseline").encoded())
  file.metadata[1] = .init("format_version", "3")
  let error = #expect(throws: ModelFileError.self) { try ModelBundle(decoding: file.encoded()) }
  #expect(
    error?.description
      == "the model file has format version 3, and this program reads up to 2: use a newer automl")
}

@Test func anotherSafetensorsFileIsNoModel() {
  let file = SafetensorsFile(metadata: [.init("format", "pt")], tensors: [])
  #expect(throws: ModelFileError.unusable("this safetensors file is not a model of automl")) {
    try ModelBundle(decoding: file.encoded())
  }
}

@Test(arguments: smallSettings.map(\.plugin))
func aStateThatLacksAnythingIsRefused(id: String) throws {
  let state = try smallBundle(id).state
  let plugin = try smallPlugin(id)
  for place in state.tensors.indices {
    var damaged = state
    let tensor = damaged.tensors.remove(at: place)
    #expect(throws: ModelStateError.self, "without \(tensor.name)") { try plugin.load(damaged) }
    damaged.tensors.append(
      NamedTensor(tensor.name, shape: [tensor.values.count, 1, 1], values: tensor.values))
    #expect(throws: ModelStateError.self, "\(tensor.name) in another shape") {
      try plugin.load(damaged)
    }
  }
  let members = state.attributes.members ?? []
  for place in members.indices {
    var damaged = state
    var others = members
    others.remove(at: place)
    var values: [JSONValue?] = [nil, .null, .integer(-1), .array([.integer(1 << 20)])]
    if members[place].1.integer != nil { values.append(.integer(.max)) }
    for value in values {
      damaged.attributes = .object(others + (value.map { [(members[place].0, $0)] } ?? []))
      guard damaged.attributes != state.attributes else { continue }
      #expect(throws: ModelStateError.self, "\(members[place].0) is \(String(describing: value))") {
        try plugin.load(damaged)
      }
    }
  }
}

@Test func aModelNeedsItsPluginAndItsVersion() throws {
  var bundle = try smallBundle("linear-svm")
  bundle.pluginID = "forest"
  let missing =
    "the model needs the plugin 'forest' (version 2): --plugin-path FOLDER says where it is; "
    + "without it there are: baseline, extra-trees, kernel-svm, linear-svm, mlp-svm, "
    + "nearest-neighbours, quasi-svm"
  #expect(throws: ModelFileError.unusable(missing)) {
    try TabularClassifier(bundle, registry: builtInPlugins())
  }
  bundle.pluginID = "linear-svm"
  bundle.pluginVersion = 9
  let newer =
    "the model was trained by version 9 of 'linear-svm', and this program has version 2: "
    + "use a newer automl"
  #expect(throws: ModelFileError.unusable(newer)) {
    try TabularClassifier(bundle, registry: builtInPlugins())
  }
  var other = try smallBundle("baseline")
  other.state.attributes = .object([("classes", .integer(3)), ("features", .integer(99))])
  #expect(throws: ModelFileError.damaged("the weights do not fit the columns or the classes")) {
    try TabularClassifier(other, registry: builtInPlugins())
  }
}
