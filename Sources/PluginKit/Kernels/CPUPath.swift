import CKernels

/// The vector instructions that the numeric kernels use on this machine.
///
/// Results are the same to the bit only on one path; it is recorded with each run.
public enum CPUPath: String, Sendable {
  case avx512
  case avx2
  case baseline

  /// The path of this machine.
  public static var current: CPUPath {
    CPUPath(rawValue: String(cString: kernels_cpu_path())) ?? .baseline
  }
}
