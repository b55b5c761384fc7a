import SystemFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A process that works on a study.
package struct WorkerIdentity: Sendable, Hashable {
  /// The name of the machine.
  package let host: String
  package let process: Int32
  /// When the process was started, as the system counts; empty where it does not say.
  ///
  /// It tells a process from a later one of the same number.
  package let processStart: String

  package init(host: String, process: Int32, processStart: String) {
    self.host = host
    self.process = process
    self.processStart = processStart
  }

  /// The identity of this process.
  package static let current = WorkerIdentity(
    host: hostName(), process: getpid(), processStart: startOfProcess(getpid()) ?? "")

  /// Whether the process is known to have ended; false for one on another machine, of which nothing is known.
  package var isGone: Bool {
    guard host == WorkerIdentity.current.host else { return false }
    guard kill(process, 0) == 0 || errno != ESRCH else { return true }
    guard let start = startOfProcess(process), !processStart.isEmpty else { return false }
    return start != processStart
  }
}

/// The time of the system's clock in seconds since 1970.
@Sendable package func secondsSince1970() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

private func hostName() -> String {
  var names = utsname()
  uname(&names)
  return withUnsafeBytes(of: &names.nodename) {
    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
  }
}

/// When a process was started: the machine's boot and the clock ticks since then; nil where Linux' files of
/// processes are missing, or the process is.
///
/// A process that has ended and whose end its parent has not noticed counts as missing its start.
private func startOfProcess(_ process: Int32) -> String? {
  guard let stat = try? readFile("/proc/\(process)/stat"),
    let boot = try? readFile("/proc/sys/kernel/random/boot_id")
  else { return nil }
  // The second field, in parentheses, is the program's name and may hold anything.
  let fields =
    String(decoding: stat, as: UTF8.self)
    .split(separator: ")").last?.split(separator: " ") ?? []
  // The fields after the name start with the third one of proc(5), the state; the start is the 22nd.
  guard fields.count > 19 else { return nil }
  let isZombie = fields[0] == "Z" || fields[0] == "X"
  let bootName = String(decoding: boot, as: UTF8.self).filter { $0 != "\n" }
  return isZombie ? "ended" : "\(bootName)/\(fields[19])"
}
