import PluginKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How long an exchange with a plugin may take.
struct ExchangeLimits {
  /// The longest silence, in seconds.
  let timeout: Double
  /// Throws when the exchange has to end; asked some twenty times a second.
  let checkpoint: () throws -> Void
}

/// Why an exchange came to no answer.
enum ChannelFailure: Error {
  /// The process has ended.
  case ended
  /// The process runs on, and nothing can come from it.
  case closedOutput
  case silent(seconds: Double)
  /// What came is not what the protocol asks for; in words that complete "the plugin …".
  case malformed(String)
}

/// The pipes of a plugin, through which messages go both ways at once.
///
/// Nothing here waits for one pipe alone: a plugin that writes before it has read everything blocks nobody.
final class PluginChannel {
  /// The longest line of a message.
  static let lineLimit = 16 << 20
  /// How much is kept of the plugin's messages of one exchange.
  private static let logLimit = 16 << 10

  private let process: PluginProcess
  private var outgoing: ArraySlice<MessageArray.Content> = []
  /// How many bytes of the first piece have been written.
  private var written = 0
  private var incoming: [UInt8] = []
  /// How many bytes of `incoming` have been used.
  private var used = 0
  private var log: [UInt8] = []
  private var outputIsOpen = true
  private var messagesAreOpen = true
  private var lastActivity = ContinuousClock.now
  private var scratch = [UInt8](repeating: 0, count: 1 << 18)

  init(process: PluginProcess) { self.process = process }

  /// Begins to send a message, which ``receive(limits:check:)`` goes on with.
  func send(_ message: PluginMessage) {
    outgoing = message.pieces[...]
    written = 0
    lastActivity = .now
  }

  /// Waits for a message.
  ///
  /// - Parameters:
  ///   - limits: How long to wait.
  ///   - check: Looks at the message before its arrays come, and refuses it in words that complete
  ///     "the plugin …".
  /// - Returns: The message with its arrays.
  /// - Throws: ``ChannelFailure``, or what the limits throw.
  func receive(
    limits: ExchangeLimits, check: (PluginMessage, [ArrayDescription]) -> String?
  ) throws -> PluginMessage {
    while !outgoing.isEmpty, outputIsOpen { try turn(limits) }
    var message = try parsedLine(try line(limits))
    let given = message["arrays"]?.array ?? []
    let descriptions = given.compactMap { ArrayDescription($0) }
    guard descriptions.count == given.count else {
      throw ChannelFailure.malformed("announced arrays in a form that the protocol does not know")
    }
    if let refusal = check(message, descriptions) { throw ChannelFailure.malformed(refusal) }
    for description in descriptions {
      message.arrays.append(try array(description, limits))
    }
    return message
  }

  /// The end of what the plugin has written to standard error since the last time.
  func takeLog() -> String {
    defer { log = [] }
    readMessages()
    return String(decoding: log, as: UTF8.self)
  }

  // MARK: Parts of a message

  private func line(_ limits: ExchangeLimits) throws -> [UInt8] {
    var searched = 0
    while true {
      if let end = incoming[(used + searched)...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { use(end + 1 - used) }
        return Array(incoming[used..<end])
      }
      searched = incoming.count - used
      guard searched <= Self.lineLimit else {
        throw ChannelFailure.malformed("wrote a line of more than 16 MiB to standard output")
      }
      if searched > 0, incoming[used] != UInt8(ascii: "{") { return try foreignText(limits) }
      try turn(limits)
    }
  }

  /// What was written by no message: its line, or its beginning if that does not come soon.
  private func foreignText(_ limits: ExchangeLimits) throws -> [UInt8] {
    let deadline = ContinuousClock.now + .milliseconds(300)
    while outputIsOpen, !process.hasEnded, ContinuousClock.now < deadline,
      incoming.count - used < 200,
      !incoming[used...].contains(UInt8(ascii: "\n"))
    {
      try turn(limits)
    }
    return Array(incoming[used...].prefix { $0 != UInt8(ascii: "\n") })
  }

  private func parsedLine(_ line: [UInt8]) throws -> PluginMessage {
    guard case .object(let members)? = try? JSONValue(parsing: line) else {
      throw ChannelFailure.malformed(
        "wrote '\(excerpt(of: line))' to standard output, which is no message")
    }
    return PluginMessage(members)
  }

  private func array(
    _ description: ArrayDescription, _ limits: ExchangeLimits
  ) throws -> MessageArray {
    let announced = try bytes(8, limits).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard announced == UInt64(description.byteCount) else {
      throw ChannelFailure.malformed(
        "announced \(announced) bytes for the array '\(printable(description.name))', whose shape takes "
          + "\(description.byteCount)")
    }
    return MessageArray(description, .bytes(try bytes(description.byteCount, limits)))
  }

  private func bytes(_ count: Int, _ limits: ExchangeLimits) throws -> [UInt8] {
    while incoming.count - used < count { try turn(limits) }
    defer { use(count) }
    return Array(incoming[used..<used + count])
  }

  private func use(_ count: Int) {
    used += count
    if used == incoming.count {
      incoming.removeAll(keepingCapacity: incoming.capacity <= 1 << 24)
      used = 0
    }
  }

  // MARK: Pipes

  /// Writes and reads what is possible now, or waits a moment for it.
  private func turn(_ limits: ExchangeLimits) throws {
    try limits.checkpoint()
    guard outputIsOpen else {
      // The end of a process is known a little later than the end of its output.
      throw process.waitForEnd(seconds: 1) ? ChannelFailure.ended : .closedOutput
    }
    guard ContinuousClock.now - lastActivity < .seconds(limits.timeout) else {
      throw ChannelFailure.silent(seconds: limits.timeout)
    }
    var polled = [
      pollfd(fd: process.output, events: Int16(POLLIN), revents: 0),
      pollfd(fd: messagesAreOpen ? process.messages : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: outgoing.isEmpty ? -1 : process.input, events: Int16(POLLOUT), revents: 0),
    ]
    let ready = poll(&polled, nfds_t(polled.count), 50)
    if polled[1].revents != 0 { readMessages() }
    if polled[2].revents != 0 { writeSome() }
    if polled[0].revents != 0 { readOutput() }
    // A child that it left behind may keep the output open.
    if ready == 0, process.hasEnded {
      while readOutput() {}
      outputIsOpen = false
    }
  }

  /// Writes what the pipe takes at once, and gives the rest up.
  func flush() {
    writeSome()
    outgoing = []
  }

  private func writeSome() {
    while let piece = outgoing.first {
      let count = piece.withUnsafeBytes { bytes in
        bytes.count == written
          ? 0 : write(process.input, bytes.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count < 0 {
        // A plugin that reads no further may still have ended with a reason, or answered.
        if errno != EAGAIN, errno != EINTR { outgoing = [] }
        return
      }
      written += count
      if count > 0 { lastActivity = .now }
      if written == piece.byteCount {
        outgoing = outgoing.dropFirst()
        written = 0
      }
    }
  }

  /// Reads once; returns whether there was something.
  @discardableResult
  private func readOutput() -> Bool {
    let count = read(process.output, &scratch, scratch.count)
    if count > 0 {
      incoming += scratch[..<count]
      lastActivity = .now
    } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
      outputIsOpen = false
    }
    return count > 0
  }

  private func readMessages() {
    while messagesAreOpen {
      let count = read(process.messages, &scratch, 1 << 16)
      guard count > 0 else {
        if count == 0 { messagesAreOpen = false }
        return
      }
      log += scratch[..<count]
      if log.count > Self.logLimit { log.removeFirst(log.count - Self.logLimit) }
    }
  }
}

/// The beginning of a text that a plugin wrote by mistake, for a message.
private func excerpt(of bytes: [UInt8]) -> String {
  let text = printable(String(decoding: bytes.prefix(200), as: UTF8.self))
  return text.count <= 40 ? text : text.prefix(37) + "..."
}

/// A text of a plugin without what could do something to a terminal, on one line.
func printable(_ text: String) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    let isControl = scalar.properties.generalCategory == .control
    result.append(isControl || scalar.value == 0x2028 || scalar.value == 0x2029 ? " " : scalar)
  }
  return String(result)
}
