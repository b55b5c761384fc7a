import CSQLite

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What an extended result code of SQLite means to a person.
///
/// - Parameters:
///   - status: The code.
///   - systemError: What the system's last failed call said.
///   - message: SQLite's words.
/// - Returns: The problem.
func problem(
  _ status: Int32, systemError: Int32, _ message: String
) -> TrialStoreError.Problem {
  // The low byte is the kind, the others say more.
  switch status & 0xFF {
  case SQLITE_FULL: return .diskFull
  case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: return .readOnly
  case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: return .busy
  case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_MISMATCH, SQLITE_RANGE:
    return .damaged(message)
  case SQLITE_CANTOPEN, SQLITE_IOERR:
    switch systemError {
    case ENOSPC, EDQUOT: return .diskFull
    case EACCES, EPERM, EROFS: return .readOnly
    case 0: return .other(message)
    default: return .other("\(message): \(String(cString: strerror(systemError)))")
    }
  // Our own statements are right: where one does not fit, the tables are not ours.
  case SQLITE_ERROR, SQLITE_SCHEMA, SQLITE_CONSTRAINT, SQLITE_TOOBIG: return .damaged(message)
  default: return .other(message)
  }
}
