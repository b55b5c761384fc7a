#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that one process holds at a time, with a text that says who does.
///
/// The system frees it when its holder ends in whatever way. Its text is for people and for machines that
/// share the folder without sharing locks.
package final class FileLock: Sendable {
  /// What came of trying to hold a file.
  package enum Attempt {
    /// It is held now; the text that an earlier holder left was not removed, as after a crash.
    case held(FileLock, left: String)
    /// Another process holds it, and wrote this text.
    case taken(String)
  }

  private let path: String
  private let descriptor: Int32

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  /// Tries to hold a file, which is made where it is missing.
  ///
  /// - Throws: ``FileError`` if the file can't be made.
  package static func attempt(_ path: String) throws(FileError) -> Attempt {
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw .last("write", path) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let isTaken = errno == EWOULDBLOCK
        let error = FileError.last("lock", path)
        close(descriptor)
        guard isTaken else { throw error }
        return .taken(text(of: path))
      }
      // Its last holder may have removed the file between the two calls.
      if isStill(path, descriptor) {
        return .held(FileLock(path: path, descriptor: descriptor), left: text(of: path))
      }
      close(descriptor)
    }
  }

  /// Whether another process of this machine holds a file.
  package static func isHeld(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Replaces the text; one that can't be written is left out.
  package func write(_ text: String) {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else { return }
    try? writeAll(descriptor, path, Array(text.utf8))
  }

  /// Lets go and removes the file.
  package func release() { unlink(path) }

  deinit { close(descriptor) }

  private static func text(of path: String) -> String {
    (try? readFile(path, byteLimit: 65_536)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private static func isStill(_ path: String, _ descriptor: Int32) -> Bool {
    var here = stat()
    var there = stat()
    return fstat(descriptor, &here) == 0 && stat(path, &there) == 0 && here.st_ino == there.st_ino
      && here.st_dev == there.st_dev
  }
}
