/// A source of randomness that is keyed by what it is for.
///
/// A draw depends on the seed and on the chain of purposes, never on how many draws were made elsewhere
/// or by which thread:
///
///     let seed = Seed(7).keyed("trial", 12).keyed("batches")
///     var generator = seed.generator()
public struct Seed: Sendable, Hashable {
  /// 64 well-mixed bits.
  public let bits: UInt64

  /// The seed that a user gives.
  public init(_ value: UInt64) { bits = value }

  /// A seed for one purpose, independent of the seeds for all other purposes and indices.
  public func keyed(_ purpose: String, _ index: Int = 0) -> Seed {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a, 64 bits
    for byte in purpose.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    let mixed = Seed.mixed(bits &+ 0x9e37_79b9_7f4a_7c15) ^ hash
    return Seed(Seed.mixed(Seed.mixed(mixed) &+ UInt64(bitPattern: Int64(index))))
  }

  /// A generator that starts from this seed.
  public func generator() -> SeededGenerator { SeededGenerator(seed: bits) }

  /// The finaliser of SplitMix64: a bijection in which every input bit changes half of the output bits.
  static func mixed(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
    return bits ^ (bits >> 31)
  }
}
