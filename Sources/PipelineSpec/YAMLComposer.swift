/// Makes the tree of values of one YAML document.
///
/// What could cost more than it says is bounded: nesting, and the number of values after aliases are
/// expanded. Duplicate keys, tags and merge keys are findings; reading goes on after them.
struct YAMLComposer {
  static let nestingLimit = 64
  static let valueLimit = 10_000

  private struct Anchored {
    let node: YAMLNode
    let valueCount: Int
  }

  /// What is wrong with the document although it is YAML.
  private(set) var findings: [Finding] = []
  private let events: YAMLEventReader
  private var anchors: [String: Anchored] = [:]
  private var valueCount = 0

  /// Makes a composer for bytes in UTF-8, without a byte order mark.
  init(_ bytes: [UInt8]) { events = YAMLEventReader(bytes) }

  /// The value of the document, or nil if there is none.
  ///
  /// - Throws: ``Finding`` if the text is not YAML, too large when expanded, or nested too deeply.
  mutating func document() throws(Finding) -> YAMLNode? {
    var root: YAMLNode?
    while true {
      let event = try events.next()
      switch event.kind {
      case .streamEnd: return root
      case .streamStart, .documentEnd: break
      case .documentStart:
        guard root == nil else {
          throw Finding(.secondDocument, at: Self.location(event.start, event.end))
        }
        root = try node(try events.next(), depth: 0)
      default: preconditionFailure("libyaml gave \(event.kind) outside of a document")
      }
    }
  }

  private mutating func node(_ event: YAMLEvent, depth: Int) throws(Finding) -> YAMLNode {
    let location = Self.location(event.start, event.end)
    guard depth <= Self.nestingLimit else { throw Finding(.nestedTooDeeply, at: location) }
    let before = valueCount
    try count(1, at: location)
    let node: YAMLNode
    let properties: YAMLEvent.Properties
    switch event.kind {
    case .alias(let name):
      guard let anchored = anchors[name] else { throw Finding(.unknownAlias(name), at: location) }
      try count(anchored.valueCount - 1, at: location)
      return anchored.node
    case .scalar(let scalar, let given):
      node = YAMLNode(content: .scalar(scalar), location: location)
      properties = given
    case .sequenceStart(let given):
      node = try sequence(from: event.start, depth: depth)
      properties = given
    case .mappingStart(let given):
      node = try mapping(from: event.start, depth: depth)
      properties = given
    default: preconditionFailure("libyaml gave \(event.kind) in place of a value")
    }
    if let tag = properties.tag { findings.append(Finding(.tag(tag), at: location)) }
    if let anchor = properties.anchor {
      anchors[anchor] = Anchored(node: node, valueCount: valueCount - before)
    }
    return node
  }

  private mutating func sequence(
    from start: YAMLMark, depth: Int
  ) throws(Finding) -> YAMLNode {
    var elements: [YAMLNode] = []
    while true {
      let event = try events.next()
      if case .collectionEnd = event.kind {
        return YAMLNode(
          content: .sequence(elements), location: Self.location(start, event.end))
      }
      elements.append(try node(event, depth: depth + 1))
    }
  }

  private mutating func mapping(
    from start: YAMLMark, depth: Int
  ) throws(Finding) -> YAMLNode {
    var members: [YAMLMember] = []
    var lines: [String: Int] = [:]
    while true {
      let event = try events.next()
      if case .collectionEnd = event.kind {
        return YAMLNode(content: .mapping(members), location: Self.location(start, event.end))
      }
      let key = try node(event, depth: depth + 1)
      let value = try node(try events.next(), depth: depth + 1)
      guard case .scalar(let scalar) = key.content else {
        findings.append(Finding(.keyIsNoText, at: key.location))
        continue
      }
      if scalar.isPlain, scalar.text == "<<" {
        findings.append(Finding(.mergeKey, at: key.location))
      } else if let line = lines[scalar.text] {
        findings.append(Finding(.duplicateKey(scalar.text, firstLine: line), at: key.location))
      } else {
        lines[scalar.text] = event.start.line
        members.append(YAMLMember(key: scalar.text, location: key.location, value: value))
      }
    }
  }

  private mutating func count(_ values: Int, at location: Location) throws(Finding) {
    valueCount += values
    guard valueCount <= Self.valueLimit else { throw Finding(.tooManyValues, at: location) }
  }

  private static func location(_ start: YAMLMark, _ end: YAMLMark) -> Location {
    let endsOnItsLine = end.line == start.line
    return .file(
      line: start.line, column: start.column,
      length: endsOnItsLine ? end.column - start.column : Location.restOfLine)
  }
}
