#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Asks the system for pages of 2 MiB where an array is large.
///
/// An array of a gigabyte is otherwise handed out in 250,000 pages of 4 KiB, each at the cost of a
/// fault: about a second of system time. Where the system has no such pages nothing changes.
package enum LargeMemory {
  /// Marks memory that is about to be written for the first time.
  package static func advise<Value: BitwiseCopyable>(_ buffer: UnsafeMutableBufferPointer<Value>) {
    #if os(Linux)
      let size = buffer.count * MemoryLayout<Value>.stride
      guard let first = buffer.baseAddress, size >= least else { return }
      let page = 1 << 21
      let start = (Int(bitPattern: first) + page - 1) / page * page
      let end = (Int(bitPattern: first) + size) / page * page
      // Without success there are small pages, which serve as well.
      _ = madvise(UnsafeMutableRawPointer(bitPattern: start), max(0, end - start), MADV_HUGEPAGE)
    #endif
  }

  /// In bytes.
  private static let least = 32 << 20
}
