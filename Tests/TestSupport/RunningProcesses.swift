import Foundation

/// The processes that run in a folder or below it: it is their current folder.
package func processes(in folder: TemporaryFolder) -> [Int] {
  let manager = FileManager.default
  let real = URL(filePath: folder.path).resolvingSymlinksInPath().path(percentEncoded: false)
  let numbers = ((try? manager.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int($0) }
  return numbers.filter { number in
    // A process that has ended, or belongs to somebody else, has no current folder to be seen.
    let current = try? manager.destinationOfSymbolicLink(atPath: "/proc/\(number)/cwd")
    return current.map { $0 == real || $0.hasPrefix(real + "/") } ?? false
  }
}

/// Whether no process runs in a folder, or the last one ends within some seconds: the system takes a moment to
/// clear away what was killed.
package func nothingRuns(in folder: TemporaryFolder) -> Bool {
  for _ in 0..<200 {
    if processes(in: folder).isEmpty { return true }
    usleep(20_000)
  }
  return false
}
