#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How many threads can run at once on this machine, 1 or more.
package func availableThreads() -> Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

/// A thread of the system, which may wait for others; tasks of the concurrency runtime may not.
struct Thread {
  fileprivate final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  private var thread: pthread_t?

  /// Runs a closure on a thread of its own; not at all if the system has none left.
  init(_ run: @escaping () -> Void) {
    let body = Unmanaged.passRetained(Body(run))
    #if canImport(Darwin)
      var started: pthread_t?
    #else
      var started = pthread_t()
    #endif
    if pthread_create(&started, nil, runBody, body.toOpaque()) == 0 {
      thread = started
    } else {
      body.release()
    }
  }

  /// Waits until the closure has run.
  func join() {
    if let thread { pthread_join(thread, nil) }
  }
}

#if canImport(Darwin)
  private func runBody(_ body: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Thread.Body>.fromOpaque(body).takeRetainedValue().run()
    return nil
  }
#else
  private func runBody(_ body: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let body { Unmanaged<Thread.Body>.fromOpaque(body).takeRetainedValue().run() }
    return nil
  }
#endif

/// A lock that can wait for a condition.
final class Gate {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Locks as soon as a condition is true.
  func lock(when isTrue: () -> Bool = { true }) {
    pthread_mutex_lock(mutex)
    while !isTrue() { pthread_cond_wait(changed, mutex) }
  }

  /// Unlocks, and has others look at their conditions.
  func unlock() {
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }
}
