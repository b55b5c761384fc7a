/// One `--set PATH=VALUE`: a value that replaces one of the file, or is added to it.
struct Setting {
  private enum Step {
    case key(String)
    case index(Int)
  }

  private let steps: [Step]
  private let value: YAMLNode
  private let location: Location

  /// Reads what stands after `--set`.
  ///
  /// - Parameter text: A path such as `models[0].with.l2`, `=`, and a value in YAML.
  /// - Throws: ``Finding`` if it has another form, or if the value is not YAML.
  init(_ text: String) throws(Finding) {
    location = .setting(text)
    guard let equals = text.firstIndex(of: "=") else {
      throw Finding(.settingWithoutValue, at: location)
    }
    let path = String(text[..<equals])
    guard let steps = Self.steps(of: path) else {
      throw Finding(.badSettingPath(path), at: location)
    }
    self.steps = steps
    value = try Self.value(String(text[text.index(after: equals)...]), at: location)
  }

  private static func value(_ text: String, at location: Location) throws(Finding) -> YAMLNode {
    // Alone, this stands for standard input; YAML would take it for the start of a list.
    if text == "-" {
      return YAMLNode(
        content: .scalar(YAMLScalar(text: text, isPlain: true)), location: location)
    }
    var composer = YAMLComposer(Array(text.utf8))
    do throws(Finding) {
      let node = try composer.document()
      if let finding = composer.findings.first { throw finding }
      let null = YAMLNode(
        content: .scalar(YAMLScalar(text: "", isPlain: true)), location: location)
      return node?.relocated(to: location) ?? null
    } catch {
      throw Finding(.settingValue(error.message), at: location)
    }
  }

  /// The keys and indices of a path, or nil if it is none.
  private static func steps(of path: String) -> [Step]? {
    var steps: [Step] = []
    for part in path.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      guard let key = pieces.first, !key.isEmpty, !key.contains("]") else { return nil }
      steps.append(.key(String(key)))
      for piece in pieces.dropFirst() {
        guard piece.last == "]", piece.dropLast().allSatisfy(\.isNumber),
          let index = Int(piece.dropLast())
        else { return nil }
        steps.append(.index(index))
      }
    }
    return steps
  }

  /// The tree with this value in it; missing keys are created, missing elements are not.
  ///
  /// - Throws: ``Finding`` if the path leads through something that has no such part.
  func applied(to root: YAMLNode) throws(Finding) -> YAMLNode {
    try replacing(in: root, steps[...], path: "")
  }

  private func replacing(
    in node: YAMLNode, _ rest: ArraySlice<Step>, path: String
  ) throws(Finding) -> YAMLNode {
    switch rest.first {
    case nil: value
    case .key(let key): try replacing(key, in: node, rest.dropFirst(), path: path)
    case .index(let index): try replacing(index, in: node, rest.dropFirst(), path: path)
    }
  }

  private func replacing(
    _ key: String, in node: YAMLNode, _ rest: ArraySlice<Step>, path: String
  ) throws(Finding) -> YAMLNode {
    guard var members = node.isNull ? [] : node.members else {
      throw Finding(.notAContainer(path, "a mapping", got: node.found), at: location)
    }
    let keyPath = path.isEmpty ? key : "\(path).\(key)"
    if let position = members.firstIndex(where: { $0.key == key }) {
      members[position].value = try replacing(in: members[position].value, rest, path: keyPath)
      if rest.isEmpty { members[position].location = location }
    } else {
      // What would be said of a value below a misspelt key misses the point.
      guard !path.isEmpty || PipelineDecoder.keys.contains(key) else {
        throw Finding(
          .unknownKey(key, in: path, allowed: PipelineDecoder.keys, listedAs: "allowed:"),
          at: location)
      }
      let null = YAMLNode(
        content: .scalar(YAMLScalar(text: "", isPlain: true)), location: location)
      let value = try replacing(in: null, rest, path: keyPath)
      members.append(YAMLMember(key: key, location: location, value: value))
    }
    return YAMLNode(content: .mapping(members), location: node.location)
  }

  private func replacing(
    _ index: Int, in node: YAMLNode, _ rest: ArraySlice<Step>, path: String
  ) throws(Finding) -> YAMLNode {
    guard var elements = node.elements else {
      throw Finding(.notAContainer(path, "a list", got: node.found), at: location)
    }
    guard elements.indices.contains(index) else {
      throw Finding(
        .indexOutOfRange(path, index: index, count: elements.count), at: location)
    }
    elements[index] = try replacing(in: elements[index], rest, path: "\(path)[\(index)]")
    return YAMLNode(content: .sequence(elements), location: node.location)
  }
}
