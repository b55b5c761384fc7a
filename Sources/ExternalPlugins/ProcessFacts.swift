import SystemFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The machine's physical memory in bytes, or what a container is given of it.
func physicalMemory() -> Int {
  let machine = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
  let group = try? readFile("/sys/fs/cgroup/memory.max", byteLimit: 64)
  let limit = group.flatMap { Int(String(decoding: $0, as: UTF8.self).prefix { $0.isNumber }) }
  return min(machine, limit ?? machine)
}

/// The most physical memory that a running process has had, in bytes; 0 where it is not known.
func peakMemoryOfRunningProcess(_ process: pid_t) -> Int {
  guard let bytes = try? readFile("/proc/\(process)/status", byteLimit: 1 << 16) else { return 0 }
  let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  let peak = lines.first { $0.hasPrefix("VmHWM:") }?.filter(\.isNumber)
  return (peak.flatMap { Int($0) } ?? 0) << 10
}

/// The most physical memory that a process had which was waited for, in bytes.
func peakBytes(of usage: rusage) -> Int {
  #if os(Linux)
    Int(usage.ru_maxrss) << 10
  #else
    Int(usage.ru_maxrss)
  #endif
}

/// The processes of a group that have not ended; empty where the system does not tell.
func runningProcesses(ofGroup group: pid_t) -> [pid_t] {
  folderContents("/proc").compactMap { pid_t($0) }.filter { process in
    guard let bytes = try? readFile("/proc/\(process)/stat", byteLimit: 1 << 12) else {
      return false
    }
    // The name in parentheses may hold anything; then follow the state, the parent and the group.
    let text = String(decoding: bytes, as: UTF8.self)
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    return fields.count > 3 && fields[1] != "Z" && pid_t(fields[3]) == group
  }
}
