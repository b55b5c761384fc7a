import PluginKit

/// Where the results of a graph's nodes lie in the working memory of a prediction.
///
/// A result whose only reader can work in place lies where that reader's result lies; what is joined lies at
/// once in its part of the whole. Places are taken again when nothing reads them any more.
struct CStorage {
  /// A run of numbers in one of the two arrays.
  struct Place: Hashable {
    let isDouble: Bool
    let offset: Int
  }

  /// The numbers of each array.
  private(set) var doubleCount = 0
  private(set) var floatCount = 0
  private var placeOfNode: [Int: Place] = [:]
  private var scratchOfNode: [Int: [Place]] = [:]

  /// Where a node's result lies; nil for texts.
  func place(_ node: Int) -> Place? { placeOfNode[node] }

  /// Where the scratch memory of a node lies, in the order in which it was asked for.
  func scratch(_ node: Int) -> [Place] { scratchOfNode[node] ?? [] }

  /// Lays out the results of some nodes.
  ///
  /// - Parameters:
  ///   - graph: The nodes.
  ///   - isNeeded: Which of them are computed.
  ///   - results: Nodes that are read after the last one.
  ///   - scratch: What a node needs while it works: whether of type double, and how many.
  init(
    _ graph: ModelGraph, isNeeded: [Bool], results: [Int],
    scratch: (ModelGraph.Node) -> [(isDouble: Bool, count: Int)]
  ) {
    let nodes = graph.nodes
    var readers = [[Int]](repeating: [], count: nodes.count)
    for (node, content) in nodes.enumerated() where isNeeded[node] {
      for input in content.inputs { readers[input.node].append(node) }
    }
    for result in results { readers[result].append(nodes.count) }

    var regions: [Region] = []
    var parts: [Int: (region: Int, offset: Int)] = [:]
    for node in nodes.indices.reversed() where isNeeded[node] {
      guard let isDouble = nodes[node].type.isDouble else { continue }
      let width = nodes[node].type.width
      if parts[node] == nil {
        parts[node] = (regions.count, 0)
        regions.append(Region(isDouble: isDouble, count: width, first: node, last: node))
      }
      guard let part = parts[node] else { continue }
      regions[part.region].first = min(regions[part.region].first, node)
      regions[part.region].last = max(regions[part.region].last, readers[node].max() ?? node)
      var offset = part.offset
      for input in nodes[node].inputsInPlace {
        let isOnlyRead = readers[input] == [node]
        if isOnlyRead, parts[input] == nil { parts[input] = (part.region, offset) }
        offset += nodes[input].type.width
      }
    }
    var temporary: [(node: Int, region: Int)] = []
    for node in nodes.indices where isNeeded[node] {
      for need in scratch(nodes[node]) {
        temporary.append((node, regions.count))
        regions.append(Region(isDouble: need.isDouble, count: need.count, first: node, last: node))
      }
    }
    let offsets = Self.packed(regions)
    for (node, part) in parts {
      let region = regions[part.region]
      placeOfNode[node] = Place(
        isDouble: region.isDouble, offset: offsets[part.region] + part.offset)
    }
    for (node, region) in temporary {
      scratchOfNode[node, default: []].append(
        Place(isDouble: regions[region].isDouble, offset: offsets[region]))
    }
    for (region, offset) in zip(regions, offsets) {
      let end = offset + region.count
      if region.isDouble {
        doubleCount = max(doubleCount, end)
      } else {
        floatCount = max(floatCount, end)
      }
    }
  }

  /// Memory of one array that is held from a node to another one.
  private struct Region {
    let isDouble: Bool
    let count: Int
    var first: Int
    var last: Int

    func overlaps(_ other: Region) -> Bool {
      isDouble == other.isDouble && first <= other.last && other.first <= last
    }
  }

  /// The first place of each region where no other one lies at the same time, the largest first.
  private static func packed(_ regions: [Region]) -> [Int] {
    var offsets = [Int](repeating: 0, count: regions.count)
    var placed: [Int] = []
    let order = regions.indices.sorted { a, b in
      regions[a].count != regions[b].count ? regions[a].count > regions[b].count : a < b
    }
    for region in order {
      let others = placed.filter { regions[$0].overlaps(regions[region]) }
        .sorted { offsets[$0] < offsets[$1] }
      var offset = 0
      for other in others where offsets[other] < offset + regions[region].count {
        offset = max(offset, offsets[other] + regions[other].count)
      }
      offsets[region] = offset
      placed.append(region)
    }
    return offsets
  }
}

extension ModelGraph.ValueType {
  /// Which of the two arrays holds such values; nil for texts.
  fileprivate var isDouble: Bool? {
    switch self {
    case .text: nil
    case .float64: true
    case .float32: false
    }
  }
}

extension ModelGraph.Node {
  /// The inputs in whose memory the result may lie, or which may lie in that of the result.
  fileprivate var inputsInPlace: [Int] {
    switch operation {
    case .joined: inputs.map(\.node)
    case .filledGaps, .markedGaps, .scaled, .elementwise, .rescaled, .clamped, .softmax, .sum,
      .product, .quotient:
      Array(inputs.map(\.node).prefix(1))
    default: []
    }
  }
}
