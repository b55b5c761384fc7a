/// A value in a pipeline, with the path that messages call it by.
struct Field {
  /// Such as `models[0].with.l2`; empty for the whole pipeline.
  let path: String
  /// Where its key stands; for an element of a list, the element.
  let key: Location
  let node: YAMLNode

  /// The elements of a list as fields.
  var elements: [Field]? {
    node.elements?.enumerated().map { index, element in
      Field(path: "\(path)[\(index)]", key: element.location, node: element)
    }
  }
}

/// A mapping in a pipeline.
struct Section {
  /// Such as `models[0].with`; empty for the whole pipeline.
  let path: String
  /// Where to report what is missing.
  let location: Location
  /// The values in the order of the file.
  let fields: [Field]
  private let names: [String]

  init(_ field: Field, members: [YAMLMember]) {
    path = field.path
    location = field.key
    names = members.map(\.key)
    fields = members.map { member in
      let path = field.path.isEmpty ? member.key : "\(field.path).\(member.key)"
      return Field(path: path, key: member.location, node: member.value)
    }
  }

  /// The keys and values in the order of the file.
  var entries: [(name: String, field: Field)] {
    zip(names, fields).map { (name: $0, field: $1) }
  }

  /// The value of a key, or nil where it is absent or null: both stand for the default.
  subscript(name: String) -> Field? {
    guard let field = given(name), !field.node.isNull else { return nil }
    return field
  }

  /// The value of a key, null or not.
  func given(_ name: String) -> Field? { names.firstIndex(of: name).map { fields[$0] } }
}
