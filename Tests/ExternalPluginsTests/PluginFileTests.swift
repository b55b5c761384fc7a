import Foundation
import PipelineSpec
import PluginKit
import TestSupport
import Testing

@Test func aFileDeclaresWhatAPluginInSwiftWould() throws {
  let file = try pluginFile(
    """
    id: nearest-centre
    version: 3
    protocol: 1
    summary: the class whose centre is nearest
    command: [python3, centre.py, --fast]
    capabilities: {weights: true, epochs: true}
    parameters:
      power: {type: integer, min: 1, max: 9, default: 2, when: {metric: [cityblock]}, help: exponent}
      metric: {type: choice, choices: [euclidean, cityblock], default: euclidean, help: distance}
      width:
        {type: real, min: 0, max: 10, default: auto, auto: true,
         search: {min: 0.1, max: 1, log: true}, help: the width}
      hidden: {type: integers, count: [1, 3], min: 1, max: 64, default: [8, 4], help: layers}
      centred: {type: flag, default: true, search: {choices: [true, false]}, help: whether to centre}
    memory: 1.5GiB
    timeout: 1m30s
    """)
  #expect(file.manifest.id == "nearest-centre")
  #expect(file.manifest.version == 3)
  #expect(file.manifest.summary == "the class whose centre is nearest")
  #expect(file.manifest.capabilities == Capabilities(weights: true, epochs: true))
  #expect(file.command == ["python3", "centre.py", "--fast"])
  #expect(file.memoryLimit == 3 << 29)
  #expect(file.timeout == 90)
  #expect(file.startTimeout == 60)
  let whenCityblock = ParameterDeclaration.Condition("metric", isOneOf: ["cityblock"])
  #expect(
    file.manifest.parameters == [
      Parameter.integer("power", 1...9, default: 2, when: whenCityblock, summary: "exponent")
        .declaration,
      Parameter.choice("metric", default: Metric.euclidean, summary: "distance").declaration,
      Parameter.realOrAutomatic(
        "width", 0...10, searched: .real(0.1...1, log: true), summary: "the width"
      ).declaration,
      Parameter.integers("hidden", count: 1...3, each: 1...64, default: [8, 4], summary: "layers")
        .declaration,
      Parameter.flag(
        "centred", default: true, searched: .choice([.flag(true), .flag(false)]),
        summary: "whether to centre"
      ).declaration,
    ])
}

private enum Metric: String, CaseIterable, Sendable { case euclidean, cityblock }

@Test func allMistakesOfAFileAreSaidAtOnce() throws {
  let messages = try issues(
    """
    id: Nearest_Centre
    version: 0
    protocol: 2
    comand: [python3]
    capabilities: {weight: true}
    memory: 4G
    parameters:
      shrinkage: {type: reel, min: 0, max: 1, default: 0.1, help: shrinks}
      width: {type: real, min: 2, max: 1, default: 0.1, help: widens}
      kind: {type: choice, choices: [a, b], default: c, help: chooses}
    """)
  #expect(
    messages == """
      plugin.yaml:1:1: error: summary is missing
          1 | id: Nearest_Centre
            | ^ one sentence without a full stop
      plugin.yaml:1:1: error: command is missing
          1 | id: Nearest_Centre
            | ^ a list such as [python3, plugin.py]
      plugin.yaml:1:5: error: id must be small letters and digits with single '-' between them, got \
      'Nearest_Centre'
          1 | id: Nearest_Centre
            |     ^~~~~~~~~~~~~~
      plugin.yaml:2:10: error: version must be at least 1, got 0
          2 | version: 0
            |          ^
      plugin.yaml:3:11: error: this program speaks the plugin protocol up to 1, got protocol 2
          3 | protocol: 2
            |           ^ the plugin is made for a newer automl
      plugin.yaml:4:1: error: unknown key 'comand' at the top level
          4 | comand: [python3]
            | ^~~~~~ did you mean 'command'? allowed: id, version, protocol, summary, command, \
      capabilities, parameters, memory, timeout, start_timeout
      plugin.yaml:5:16: error: unknown key 'weight' in capabilities
          5 | capabilities: {weight: true}
            |                ^~~~~~ did you mean 'weights'? allowed: weights, missing_values, epochs
      plugin.yaml:6:9: error: memory must be a size of at least 1MiB such as 500MiB or 4GiB, got '4G'
          6 | memory: 4G
            |         ^~
      plugin.yaml:8:21: error: parameters.shrinkage.type must be one of integer, real, choice, flag, \
      integers, settings, got 'reel'
          8 |   shrinkage: {type: reel, min: 0, max: 1, default: 0.1, help: shrinks}
            |                     ^~~~ did you mean 'real'?
      plugin.yaml:9:28: error: parameters.width.min must be at most max, got min: 2.0 and max: 1.0
          9 |   width: {type: real, min: 2, max: 1, default: 0.1, help: widens}
            |                            ^
      plugin.yaml:10:50: error: parameters.kind.default must be one of a, b, got 'c'
         10 |   kind: {type: choice, choices: [a, b], default: c, help: chooses}
            |                                                  ^ did you mean 'a'?
      11 errors; nothing was run
      """)
}

@Test(arguments: [
  ("p: {type: real, max: 1, default: 0, help: h}", "parameters.p.min is missing"),
  ("p: {type: flag, default: 1, help: h}", "parameters.p.default must be true or false, got 1"),
  ("p: {type: flag, min: 0, default: true, help: h}", "unknown key 'min' in parameters.p"),
  ("p: {default: 1, help: h}", "parameters.p.type is missing"),
  ("p: 3", "parameters.p must be a mapping, got 3"),
  (
    "P: {type: flag, default: true, help: h}",
    "the name of a parameter must be small letters and digits with single '_' between them, got 'P'"
  ),
  (
    "p: {type: choice, choices: [], default: a, help: h}",
    "parameters.p.choices must be a list of at least 1 word, got an empty list"
  ),
  (
    "p: {type: choice, choices: [a, a], default: a, help: h}",
    "parameters.p.choices[1] is 'a' like parameters.p.choices[0]"
  ),
  (
    "p: {type: integer, min: 0, max: 1.0e+300, default: 0, help: h}",
    "parameters.p.max must be a whole number from -9007199254740992 to 9007199254740992, got 1.0e+300"
  ),
  (
    "p: {type: real, min: 0, max: 1e301, default: 0, help: h}",
    "parameters.p.max must be a number from -1e300 to 1e300, got 1e301"
  ),
  (
    "p: {type: integers, min: 0, max: 9, count: [3, 1], default: [1], help: h}",
    "parameters.p.count must be a list of the fewest and the most, got [3, 1]"
  ),
  (
    "p: {type: real, min: 0, max: 1, default: 0, search: {min: 0, max: 2}, help: h}",
    "parameters.p.search.max must be a number from 0 to 1, got 2"
  ),
  (
    "p: {type: real, min: 0, max: 1, default: 0, search: {min: 0, max: 1, steps: 3}, help: h}",
    "unknown key 'steps' in parameters.p.search"
  ),
  (
    "p: {type: flag, default: true, when: {q: [1]}, help: h}",
    "unknown key 'q' in parameters.p.when"
  ),
  (
    "p: {type: flag, default: true, when: {p: [true]}, help: h}",
    "unknown key 'p' in parameters.p.when"
  ),
])
func aMistakeInAParameterIsNamed(parameter: String, says: String) throws {
  let text = try issues(
    """
    {id: a, version: 1, protocol: 1, summary: s, command: [a], parameters: {\(parameter)}}
    """)
  #expect(text.contains(": error: \(says)\n"), "\(text)")
}

@Test func conditionsThatLeadBackToThemselvesAreRefused() throws {
  let text = try issues(
    """
    id: a
    version: 1
    protocol: 1
    summary: s
    command: [a]
    parameters:
      p: {type: flag, default: true, when: {q: true}, help: h}
      q: {type: flag, default: true, when: {p: true}, help: h}
    """)
  #expect(text.contains("plugin.yaml:7:40: error: the condition of p depends on p itself"))
  #expect(text.contains("plugin.yaml:8:40: error: the condition of q depends on q itself"))
  #expect(text.contains("2 errors"))
}

@Test func anEmptyFileSaysWhatIsNeeded() throws {
  #expect(
    try issues("").hasPrefix("plugin.yaml:1:1: error: the plugin's file is empty\n"))
  #expect(
    try issues("- a").contains(": error: the plugin's file must be a mapping, got ["))
}

/// Reads a file of this text.
private func pluginFile(_ text: String) throws -> PluginFile {
  let folder = try TemporaryFolder()
  try folder.write(text, to: "plugin.yaml")
  return try PluginFile(folder: folder.path)
}

/// What is wrong with a file of this text.
private func issues(_ text: String) throws -> String {
  let folder = try TemporaryFolder()
  try folder.write(text, to: "plugin.yaml")
  do {
    _ = try PluginFile(folder: folder.path)
    return ""
  } catch {
    return error.description.replacingOccurrences(of: folder.path + "/", with: "")
  }
}
