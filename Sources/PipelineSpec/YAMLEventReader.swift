import CLibYAML

/// What libyaml finds in a document, one thing after the other.
struct YAMLEvent {
  enum Kind {
    case streamStart
    case streamEnd
    case documentStart
    case documentEnd
    case alias(String)
    case scalar(YAMLScalar, Properties)
    case sequenceStart(Properties)
    case mappingStart(Properties)
    case collectionEnd
  }

  /// What may stand before a value.
  struct Properties {
    var anchor: String?
    var tag: String?
  }

  let kind: Kind
  let start: YAMLMark
  let end: YAMLMark
}

/// A place between two characters; lines and columns count from 1.
struct YAMLMark {
  let line: Int
  let column: Int

  init(_ mark: yaml_mark_t) {
    line = mark.line + 1
    column = mark.column + 1
  }

  /// The place of a byte in a text, counted from 0; all before it is UTF-8.
  init(ofByte offset: Int, in bytes: some Collection<UInt8>) {
    let before = bytes.prefix(offset)
    let lastLine = before.reversed().prefix { $0 != UInt8(ascii: "\n") }
    line = before.count { $0 == UInt8(ascii: "\n") } + 1
    column = lastLine.count { $0 & 0xC0 != 0x80 } + 1  // one for each character's first byte
  }
}

/// Reads the events of a YAML stream.
final class YAMLEventReader {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>

  /// Makes a reader of bytes in UTF-8, without a byte order mark.
  init(_ bytes: [UInt8]) {
    input = .allocate(capacity: bytes.count)
    _ = input.initialize(from: bytes)
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    precondition(yaml_parser_initialize(parser) == 1, "libyaml has no memory for a parser")
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    input.deallocate()
  }

  /// The next event.
  ///
  /// - Throws: ``Finding`` where the text is not YAML; nothing can be read after that.
  func next() throws(Finding) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
    defer { yaml_event_delete(&event) }
    return YAMLEvent(
      kind: kind(of: event), start: YAMLMark(event.start_mark), end: YAMLMark(event.end_mark))
  }

  private func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
    switch event.type {
    case YAML_STREAM_START_EVENT: .streamStart
    case YAML_DOCUMENT_START_EVENT: .documentStart
    case YAML_DOCUMENT_END_EVENT: .documentEnd
    case YAML_ALIAS_EVENT: .alias(text(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT: scalar(event)
    case YAML_SEQUENCE_START_EVENT:
      .sequenceStart(
        properties(event.data.sequence_start.anchor, event.data.sequence_start.tag))
    case YAML_MAPPING_START_EVENT:
      .mappingStart(properties(event.data.mapping_start.anchor, event.data.mapping_start.tag))
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: .collectionEnd
    default: .streamEnd
    }
  }

  private func scalar(_ event: yaml_event_t) -> YAMLEvent.Kind {
    let scalar = event.data.scalar
    let value = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    return .scalar(
      YAMLScalar(
        text: String(decoding: value, as: UTF8.self),
        isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE),
      properties(scalar.anchor, scalar.tag))
  }

  private func properties(
    _ anchor: UnsafeMutablePointer<yaml_char_t>?, _ tag: UnsafeMutablePointer<yaml_char_t>?
  ) -> YAMLEvent.Properties {
    YAMLEvent.Properties(anchor: text(anchor), tag: text(tag))
  }

  private func text(_ characters: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    characters.map { String(cString: $0) }
  }

  private func syntaxError() -> Finding {
    let state = parser.pointee
    let problem = state.problem.map { String(cString: $0) } ?? "no reason is known"
    let context = state.context.map { String(cString: $0) }
    let problemMark =
      state.error == YAML_READER_ERROR
      ? YAMLMark(ofByte: state.problem_offset, in: input) : YAMLMark(state.problem_mark)
    let start = state.context_mark.line + 1
    return Finding(
      .syntax(problem, context: context, startedOn: start < problemMark.line ? start : nil),
      at: .file(line: problemMark.line, column: problemMark.column, length: 1))
  }
}
