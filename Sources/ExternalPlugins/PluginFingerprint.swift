import SystemFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A hash of the paths and bytes of all files in a plugin's folder, whatever their dates and owners.
///
/// What tools leave behind is no part of the plugin: names that begin with a dot, `__pycache__`, and files
/// that end with `.pyc`. A link to a folder counts by where it leads to, not by what is there.
///
/// - Throws: `FileError` if a file can't be read.
func fingerprintOfFiles(in folder: String) throws(FileError) -> String {
  var lines = ""
  try describe(folder, "", &lines)
  return "sha256:" + SHA256.hexDigest(of: Array(lines.utf8))
}

private func describe(_ folder: String, _ prefix: String, _ lines: inout String) throws(FileError) {
  for name in folderContents(folder) where !isLeftByTools(name) {
    let path = resolvedPath(name, from: folder)
    let shown = prefix + name
    if isFolder(path) {
      if let target = linkText(path) {
        lines += "\(shown) -> \(target)\n"
      } else {
        try describe(path, shown + "/", &lines)
      }
    } else {
      lines += "\(shown) \(SHA256.hexDigest(of: try readFile(path)))\n"
    }
  }
}

private func isLeftByTools(_ name: String) -> Bool {
  name.hasPrefix(".") || name == "__pycache__" || name.hasSuffix(".pyc")
}

private func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// What a symbolic link says, or nil if there is none.
private func linkText(_ path: String) -> String? {
  var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
  let count = buffer.withUnsafeMutableBytes { bytes in
    bytes.baseAddress.map {
      readlink(path, $0.assumingMemoryBound(to: CChar.self), bytes.count)
    } ?? -1
  }
  return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
}
