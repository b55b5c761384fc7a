#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Makes a folder of its own below `TMPDIR`, or below `/tmp`.
///
/// - Parameter name: How its name begins.
/// - Returns: The path.
/// - Throws: ``FileError`` if it can't be made.
package func makeTemporaryFolder(named name: String) throws(FileError) -> String {
  let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  var template = Array(resolvedPath("\(name)-XXXXXX", from: parent).utf8CString)
  guard mkdtemp(&template) != nil else { throw .last("make", parent) }
  return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Removes a folder with all that is in it; what links lead to is left alone.
package func removeFolder(_ path: String) throws(FileError) {
  for name in folderContents(path) {
    let item = resolvedPath(name, from: path)
    var status = stat()
    if lstat(item, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      try removeFolder(item)
    } else {
      try removeFile(item)
    }
  }
  guard rmdir(path) == 0 || errno == ENOENT else { throw .last("remove", path) }
}
