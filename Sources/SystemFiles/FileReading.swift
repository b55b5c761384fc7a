#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads a whole file; `-` is standard input.
///
/// - Parameters:
///   - path: A path, or `-`.
///   - byteLimit: The most bytes to take.
/// - Returns: All bytes of the file.
/// - Throws: ``FileError`` if it can't be read, is a folder, or is larger than `byteLimit`.
package func readFile(_ path: String, byteLimit: Int = .max) throws(FileError) -> [UInt8] {
  guard path != "-" else { return try readAll(STDIN_FILENO, "standard input", byteLimit, size: 0) }
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .last("read", path) }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw .last("read", path) }
  guard status.st_mode & S_IFMT != S_IFDIR else {
    throw FileError(path: path, action: "read", reason: .system(EISDIR))
  }
  return try readAll(descriptor, path, byteLimit, size: Int(status.st_size))
}

/// Whether something is at a path.
package func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// Whether two paths lead to one file that exists.
package func isSameFile(_ path: String, _ other: String) -> Bool {
  var status = stat()
  var otherStatus = stat()
  return stat(path, &status) == 0 && stat(other, &otherStatus) == 0
    && status.st_dev == otherStatus.st_dev && status.st_ino == otherStatus.st_ino
}

/// The names of what lies in a folder, in the order of their bytes; empty where there is no such folder.
package func folderContents(_ path: String) -> [String] {
  guard let folder = opendir(path) else { return [] }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

private func readAll(
  _ descriptor: Int32, _ path: String, _ byteLimit: Int, size: Int
) throws(FileError) -> [UInt8] {
  guard size <= byteLimit else {
    throw FileError(path: path, action: "read", reason: .tooLarge(limit: byteLimit))
  }
  var bytes = [UInt8](repeating: 0, count: max(size + 1, 65_536))
  var count = 0
  while true {
    if count == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
    let room = bytes.count - count
    let taken = bytes.withUnsafeMutableBytes { buffer in
      // The buffer is never empty.
      buffer.baseAddress.map { read(descriptor, $0 + count, room) } ?? 0
    }
    if taken < 0, errno == EINTR { continue }
    guard taken >= 0 else { throw .last("read", path) }
    guard taken > 0 else { break }
    count += taken
    guard count <= byteLimit else {
      throw FileError(path: path, action: "read", reason: .tooLarge(limit: byteLimit))
    }
  }
  bytes.removeLast(bytes.count - count)
  return bytes
}

/// The path of the program that runs, as far as the system tells it.
package func programPath() -> String {
  guard let path = realpath("/proc/self/exe", nil) else {
    return CommandLine.arguments.first ?? "."
  }
  defer { free(path) }
  return String(cString: path)
}
