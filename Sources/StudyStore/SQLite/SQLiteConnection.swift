import CSQLite

/// A value in a database.
enum SQLValue: Equatable {
  case null
  case integer(Int)
  case real(Double)
  case text(String)

  /// The value, if it is a whole number.
  var integer: Int? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The value, if it is any number.
  var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    case .null, .text: nil
    }
  }

  /// The value, if it is a text.
  var text: String? {
    if case .text(let value) = self { value } else { nil }
  }
}

/// A connection to a database file, for one thread at a time: its owner sees to that.
final class SQLiteConnection: @unchecked Sendable {
  /// The file, for messages.
  let path: String
  private var database: OpaquePointer?
  private var statements: [String: OpaquePointer] = [:]

  /// How a file is opened.
  enum Access {
    case create
    case write
    /// The file and its folder stay as they are; nobody may be writing.
    case readUnchanging
  }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - access: What may be done with it.
  ///   - name: The path that messages give.
  /// - Throws: ``TrialStoreError``; a file that is not there is only made with `create`.
  init(_ path: String, _ access: Access, named name: String? = nil) throws(TrialStoreError) {
    self.path = name ?? path
    let flags: Int32 =
      switch access {
      case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .write: SQLITE_OPEN_READWRITE
      case .readUnchanging: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
      }
    // Only in a URI can a file be said to be unchanging.
    let file = access == .readUnchanging ? "file:\(percentEncoded(path))?immutable=1" : path
    let status = sqlite3_open_v2(
      file, &database, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard status == SQLITE_OK else {
      let error = failure(status)
      sqlite3_close_v2(database)
      database = nil
      throw error
    }
    sqlite3_busy_timeout(database, 10_000)
  }

  deinit { close() }

  /// Whether the log's contents are moved into the file, and the log removed, when its last connection ends.
  func movesLogOnClose(_ moves: Bool) { _ = automl_moves_log_on_close(database, moves ? 1 : 0) }

  /// Ends the connection.
  func close() {
    for statement in statements.values { sqlite3_finalize(statement) }
    statements = [:]
    sqlite3_close_v2(database)
    database = nil
  }

  /// Runs a statement and gives all rows of its result.
  @discardableResult
  func rows(
    _ sql: String, _ parameters: SQLValue...
  ) throws(TrialStoreError) -> [[SQLValue]] {
    let statement = try prepared(sql)
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    for (index, value) in parameters.enumerated() {
      try check(bind(value, to: statement, Int32(index + 1)))
    }
    var rows: [[SQLValue]] = []
    while true {
      let status = sqlite3_step(statement)
      if status == SQLITE_DONE { return rows }
      guard status == SQLITE_ROW else { throw failure(status) }
      rows.append((0..<sqlite3_column_count(statement)).map { value(of: statement, column: $0) })
    }
  }

  /// Runs several statements without parameters.
  func script(_ sql: String) throws(TrialStoreError) {
    try check(sqlite3_exec(database, sql, nil, nil, nil))
  }

  /// Runs a body whose changes are kept whole or not at all; nobody else writes meanwhile.
  func transaction<Result>(
    _ body: () throws(TrialStoreError) -> Result
  ) throws(TrialStoreError) -> Result {
    try transaction("BEGIN IMMEDIATE", body)
  }

  /// Runs a body that reads several times what was there at one moment.
  func reading<Result>(
    _ body: () throws(TrialStoreError) -> Result
  ) throws(TrialStoreError) -> Result {
    try transaction("BEGIN", body)
  }

  private func transaction<Result>(
    _ begin: String, _ body: () throws(TrialStoreError) -> Result
  ) throws(TrialStoreError) -> Result {
    try rows(begin)
    do throws(TrialStoreError) {
      let result = try body()
      try rows("COMMIT")
      return result
    } catch {
      rollBack()
      throw error
    }
  }

  /// Undoes an open transaction; some errors have done so already.
  func rollBack() {
    if sqlite3_get_autocommit(database) == 0 { _ = try? rows("ROLLBACK") }
  }

  private func prepared(_ sql: String) throws(TrialStoreError) -> OpaquePointer? {
    if let statement = statements[sql] { return statement }
    var statement: OpaquePointer?
    try check(sqlite3_prepare_v2(database, sql, -1, &statement, nil))
    statements[sql] = statement
    return statement
  }

  private func bind(_ value: SQLValue, to statement: OpaquePointer?, _ index: Int32) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(statement, index)
    case .integer(let value): return sqlite3_bind_int64(statement, index, Int64(value))
    case .real(let value): return sqlite3_bind_double(statement, index, value)
    case .text(let text):
      var text = text
      return text.withUTF8 { utf8 in
        utf8.withMemoryRebound(to: CChar.self) { bytes in
          // An empty text has no address, and without one it would become null.
          bytes.baseAddress.map {
            sqlite3_bind_text(statement, index, $0, Int32(bytes.count), copied)
          } ?? sqlite3_bind_text(statement, index, "", 0, copied)
        }
      }
    }
  }

  private func value(of statement: OpaquePointer?, column: Int32) -> SQLValue {
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return .integer(Int(sqlite3_column_int64(statement, column)))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
    case SQLITE_TEXT:
      let bytes = sqlite3_column_text(statement, column)
      let count = Int(sqlite3_column_bytes(statement, column))
      // What is no UTF-8 is repaired here and found by the digest.
      return .text(String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self))
    default: return .null
    }
  }

  private func check(_ status: Int32) throws(TrialStoreError) {
    guard status == SQLITE_OK else { throw failure(status) }
  }

  private func failure(_ status: Int32) -> TrialStoreError {
    let message = database.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
    return TrialStoreError(
      path: path, problem(status, systemError: sqlite3_system_errno(database), message))
  }
}

/// A path in the form that a URI has for it.
private func percentEncoded(_ path: String) -> String {
  path.utf8.map { byte in
    let isPlain =
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      || (UInt8(ascii: "-")...UInt8(ascii: "9")).contains(byte)
    return isPlain ? String(Unicode.Scalar(byte)) : "%" + hexadecimal(byte)
  }.joined()
}

private func hexadecimal(_ byte: UInt8) -> String {
  String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
}

/// Has SQLite keep its own copy of a bound text; in C it is the macro `SQLITE_TRANSIENT`.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
