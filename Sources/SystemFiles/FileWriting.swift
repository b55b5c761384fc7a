#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes a file so that it appears whole or not at all: under a temporary name, flushed, then renamed.
///
/// A symbolic link stays one, and what it leads to is replaced. What is no file, such as `/dev/stdout` or
/// a pipe, is written to as it is: it must not be replaced.
///
/// - Parameters:
///   - path: Where the file is to be; an older one is replaced.
///   - bytes: All of its bytes.
///   - durable: Whether to wait until the bytes are on the disk; off for files that are soon replaced.
/// - Throws: ``FileError`` if any step fails; then no temporary file is left.
package func writeFile(
  _ path: String, _ bytes: [UInt8], durable: Bool = true
) throws(FileError) {
  let writer = try FileWriter(path, durable: durable)
  try writer.append(bytes)
  try writer.finish()
}

/// Writes a text as UTF-8, whole or not at all.
package func writeFile(_ path: String, _ text: String, durable: Bool = true) throws(FileError) {
  try writeFile(path, Array(text.utf8), durable: durable)
}

/// Writes all bytes to an open descriptor, such as standard output.
///
/// - Throws: ``FileError`` if the other end is closed or full.
package func writeAll(
  _ descriptor: Int32, _ path: String, _ bytes: [UInt8]
) throws(FileError) {
  var done = 0
  while done < bytes.count {
    let written = bytes.withUnsafeBytes { buffer in
      buffer.baseAddress.map { write(descriptor, $0 + done, buffer.count - done) } ?? 0
    }
    if written < 0, errno == EINTR { continue }
    guard written > 0 else { throw .last("write", path) }
    done += written
  }
}

/// Makes a folder and those above it, where they are missing.
package func makeFolder(_ path: String) throws(FileError) {
  var status = stat()
  if stat(path, &status) == 0 {
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw FileError(path: path, action: "make", reason: .system(ENOTDIR))
    }
    return
  }
  if let parent = parentFolder(of: path) { try makeFolder(parent) }
  guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw .last("make", path) }
}

/// Removes a file; where there is none, nothing happens.
package func removeFile(_ path: String) throws(FileError) {
  guard unlink(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
}

/// The part of a path before its last component, or nil for a single component.
package func parentFolder(of path: String) -> String? {
  let trimmed = path.hasSuffix("/") && path != "/" ? String(path.dropLast()) : path
  guard let slash = trimmed.lastIndex(of: "/") else { return nil }
  let parent = String(trimmed[..<slash])
  return parent.isEmpty ? (trimmed == "/" ? nil : "/") : parent
}

/// A path that is relative to a folder, or the path itself if it is absolute or `-`.
package func resolvedPath(_ path: String, from folder: String?) -> String {
  guard let folder, !folder.isEmpty, !path.hasPrefix("/"), path != "-" else { return path }
  return folder.hasSuffix("/") ? folder + path : folder + "/" + path
}

/// A file's name without its folder and without its extensions `.gz` and then one more.
package func fileStem(_ path: String) -> String {
  var name = path.split(separator: "/").last.map(String.init) ?? path
  if name.hasSuffix(".gz") { name.removeLast(3) }
  guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
  return String(name[..<dot])
}

/// A path from the root without symbolic links; the path from the root where nothing is there.
package func realPath(_ path: String) -> String {
  guard let real = realpath(path, nil) else { return absolutePath(path) }
  defer { free(real) }
  return String(cString: real)
}

/// A path from the root: the path itself, or the current folder and the path.
package func absolutePath(_ path: String) -> String {
  guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
  defer { free(folder) }
  return resolvedPath(path, from: String(cString: folder))
}
