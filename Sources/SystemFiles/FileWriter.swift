#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is written piece by piece and appears whole or not at all: it has a temporary name until
/// it is finished.
///
/// A symbolic link stays one, and what it leads to is replaced. What is no file, such as `/dev/stdout` or
/// a pipe, is written to as it is: it must not be replaced. A durable file is there after a failure of power,
/// too: its folder is flushed after the renaming.
package final class FileWriter {
  private let path: String
  private let isDurable: Bool
  private let descriptor: Int32
  /// Where the bytes go, and where they are to be in the end; nil for what is no file.
  private let names: (temporary: String, final: String)?
  private var isFinished = false

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - path: Where the file is to be; an older one is replaced.
  ///   - durable: Whether to wait until the bytes are on the disk.
  /// - Throws: ``FileError`` if it can't be written.
  package init(_ path: String, durable: Bool = true) throws(FileError) {
    self.path = path
    isDurable = durable
    guard !isSpecialFile(path) else {
      names = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw .last("write", path) }
      return
    }
    let target = linkTarget(of: path) ?? path
    let temporary = "\(target).\(getpid())\(unfinishedSuffix)"
    names = (temporary, target)
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .last("write", path) }
  }

  deinit {
    guard !isFinished, descriptor >= 0 else { return }
    close(descriptor)
    if let names { unlink(names.temporary) }
  }

  /// Writes the next bytes.
  ///
  /// - Throws: ``FileError`` if there is no room for them.
  package func append(_ bytes: [UInt8]) throws(FileError) {
    try writeAll(descriptor, path, bytes)
  }

  /// Makes the file appear.
  ///
  /// - Throws: ``FileError`` if that fails; then no temporary file is left.
  package func finish() throws(FileError) {
    guard let names else {
      isFinished = true
      guard close(descriptor) == 0 else { throw .last("write", path) }
      return
    }
    guard !isDurable || fsync(descriptor) == 0 else { throw .last("write", path) }
    isFinished = true
    guard close(descriptor) == 0, rename(names.temporary, names.final) == 0 else {
      let error = FileError.last("write", path)
      unlink(names.temporary)
      throw error
    }
    if isDurable { flushFolder(parentFolder(of: names.final) ?? ".") }
  }
}

/// What is added to the name of a file while it is being written: a number of a process, then this.
private let unfinishedSuffix = ".part"

/// Whether a name is that of a file which a process was writing that has ended, such as
/// `model.safetensors.4711.part` or `study.db.4711.part-wal`.
package func isAbandonedFile(_ name: String) -> Bool {
  let words = name.split(separator: ".")
  guard words.count > 2, let last = words.last, last == "part" || last.hasPrefix("part-"),
    let process = Int32(words[words.count - 2]), process > 0
  else { return false }
  return kill(process, 0) != 0 && errno == ESRCH
}

/// Waits until the names in a folder are on the disk, where the file system can do that.
private func flushFolder(_ path: String) {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  fsync(descriptor)
  close(descriptor)
}

/// Whether something is at a path that is neither a file nor a folder: a device, a pipe, a socket.
private func isSpecialFile(_ path: String) -> Bool {
  var status = stat()
  guard stat(path, &status) == 0 else { return false }
  let kind = status.st_mode & S_IFMT
  return kind != S_IFREG && kind != S_IFDIR
}

/// The path of what a symbolic link leads to, or nil if there is no link or nothing behind it.
private func linkTarget(of path: String) -> String? {
  var status = stat()
  guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
    let target = realpath(path, nil)
  else { return nil }
  defer { free(target) }
  return String(cString: target)
}
