import PluginKit
import Testing

private enum Kernel: String, CaseIterable, Sendable { case gaussian, laplacian }

private let count = Parameter.integer("count", 1...10, default: 4, summary: "how many")
private let rate = Parameter.real("rate", 0...1, default: 0.5, summary: "how fast")
private let width = Parameter.realOrAutomatic("width", 0.1...10, summary: "how wide")
private let kernel = Parameter.choice("kernel", default: Kernel.gaussian, summary: "which")
private let layers = Parameter.integers(
  "layers", count: 0...2, each: 1...9, default: [3], summary: "widths")
private let shuffles = Parameter.flag("shuffles", default: true, summary: "whether")
private let all = [
  count.declaration, rate.declaration, width.declaration, kernel.declaration, layers.declaration,
  shuffles.declaration,
]

@Test func valuesComeBackInTheirOwnTypes() {
  let values = ParameterValues(
    all,
    [
      "count": .integer(7), "rate": .integer(1), "width": .real(2), "kernel": .text("laplacian"),
      "layers": .integers([]), "shuffles": .flag(false),
    ])
  #expect(values[count] == 7)
  #expect(values[rate] == 1.0)
  #expect(values[width] == 2.0)
  #expect(values[kernel] == .laplacian)
  #expect(values[layers] == [])
  #expect(values[shuffles] == false)
}

@Test func whatIsNotChosenHasItsDefault() {
  let values = ParameterValues(all)
  #expect(values[count] == 4)
  #expect(values[width] == nil)
  #expect(
    values.json.text
      == #"{"count":4,"rate":0.5,"width":"auto","kernel":"gaussian","layers":[3],"shuffles":true}"#)
}

@Test func rangesAreClosedAndTypesStrict() {
  #expect(count.declaration.allows(.integer(1)) && count.declaration.allows(.integer(10)))
  #expect(!count.declaration.allows(.integer(0)) && !count.declaration.allows(.real(2)))
  #expect(rate.declaration.allows(.integer(1)) && !rate.declaration.allows(.real(.nan)))
  #expect(width.declaration.allows(.automatic) && !rate.declaration.allows(.automatic))
  #expect(!kernel.declaration.allows(.text("Gaussian")))
  #expect(!layers.declaration.allows(.integers([1, 2, 3])))
}

@Test func whatIsAllowedIsSaidInWords() {
  #expect(
    all.map(\.allowed) == [
      "a whole number from 1 to 10", "a number from 0 to 1",
      "a number from 0.1 to 10, or auto", "one of gaussian, laplacian",
      "a list of 0 to 2 whole numbers from 1 to 9", "true or false",
    ])
}
