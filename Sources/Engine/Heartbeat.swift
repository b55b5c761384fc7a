#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Calls a function again and again, on a thread of its own: trials may take all threads of the runtime for
/// themselves.
struct Heartbeat: @unchecked Sendable {  // a thread's name is a pointer on some systems
  /// What is written here ends the thread.
  private let end: Int32
  private let thread: pthread_t?

  /// Starts the thread; where the system has none left, nothing is called.
  ///
  /// - Parameters:
  ///   - seconds: The time between two calls.
  ///   - beat: What is called; first after that time.
  init(every seconds: Double, _ beat: @escaping @Sendable () -> Void) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      (end, thread) = (-1, nil)
      return
    }
    for descriptor in ends { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    let heard = ends[0]
    end = ends[1]
    thread = Self.thread {
      var other = pollfd(fd: heard, events: Int16(POLLIN), revents: 0)
      while true {
        let changed = poll(&other, 1, Int32(seconds * 1_000))
        if changed < 0, errno == EINTR { continue }
        guard changed == 0 else { break }
        beat()
      }
      close(heard)
    }
    if thread == nil { close(heard) }
  }

  /// Ends the thread; after it returns there are no further calls.
  func stop() {
    // A byte rather than the closing alone: a child process may have got a copy of the end.
    _ = write(end, [0], 1)
    close(end)
    if let thread { pthread_join(thread, nil) }
  }

  private static func thread(_ run: @escaping @Sendable () -> Void) -> pthread_t? {
    let body = Unmanaged.passRetained(ThreadBody(run))
    var thread: pthread_t? = nil
    guard startThread(&thread, body.toOpaque()) else {
      body.release()
      return nil
    }
    return thread
  }
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

#if canImport(Darwin)
  private func startThread(_ thread: inout pthread_t?, _ body: UnsafeMutableRawPointer) -> Bool {
    pthread_create(&thread, nil, runBody, body) == 0
  }

  private func runBody(_ body: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<ThreadBody>.fromOpaque(body).takeRetainedValue().run()
    return nil
  }
#else
  private func startThread(_ thread: inout pthread_t?, _ body: UnsafeMutableRawPointer) -> Bool {
    var started = pthread_t()
    guard pthread_create(&started, nil, runBody, body) == 0 else { return false }
    thread = started
    return true
  }

  private func runBody(_ body: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let body { Unmanaged<ThreadBody>.fromOpaque(body).takeRetainedValue().run() }
    return nil
  }
#endif
