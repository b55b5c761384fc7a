import CProcess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The start of a program in a process group of its own.
struct ProcessLaunch {
  let program: String
  let arguments: [String]
  let folder: String
  /// What become standard input, output and error.
  let streams: [Int32]
  /// The most bytes of its data: heap and private memory, to which neither reserved address space nor mapped
  /// files count; 0 for no limit.
  ///
  /// It is RLIMIT_DATA: RLIMIT_AS would count both, and threads and runtimes reserve much.
  var memoryLimit = 0

  /// Variables that a plugin finds if they are not set: the same order of sets in each Python process, no
  /// new files in the plugin's folder, one thread for numerical libraries.
  private static let defaults = [
    "PYTHONHASHSEED=0", "PYTHONDONTWRITEBYTECODE=1", "OMP_NUM_THREADS=1",
    "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1",
  ]

  /// Starts the program.
  ///
  /// - Returns: The id of the process and its group.
  /// - Throws: The system's error number.
  func start() throws(SystemError) -> pid_t {
    var leader: pid_t = 0
    let failure = withPointers(to: [program] + arguments) { words in
      withPointers(to: Self.defaults) { defaults in
        process_start(&leader, program, words, defaults, folder, streams, UInt64(memoryLimit))
      }
    }
    guard failure == 0 else { throw SystemError(number: failure) }
    return leader
  }

  /// An error number of the system.
  struct SystemError: Error, CustomStringConvertible {
    let number: Int32

    var description: String { String(cString: strerror(number)) }
  }
}

/// Calls `body` with an array of C strings that ends with a null pointer.
private func withPointers<Result>(
  to texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let pointers = texts.map { strdup($0) }
  defer { for pointer in pointers { free(pointer) } }
  return body(pointers + [nil])
}

/// A pipe (the end to read, the end to write) that no other child inherits and whose numbers are those of no
/// standard stream; nil if the system has none left.
func pipeEnds() -> [Int32]? {
  var ends: [Int32] = [-1, -1]
  guard pipe(&ends) == 0 else { return nil }
  let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 3) }
  closeAll(ends)
  guard moved.allSatisfy({ $0 >= 0 }) else {
    closeAll(moved.filter { $0 >= 0 })
    return nil
  }
  return moved
}

/// Closes descriptors; what goes wrong then concerns nobody.
func closeAll(_ descriptors: [Int32]) {
  for descriptor in descriptors { close(descriptor) }
}
