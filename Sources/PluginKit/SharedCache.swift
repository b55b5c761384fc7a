import Synchronization

/// Intermediate results that trials of a study share, bounded in bytes.
///
/// A hit and a miss give the same bits: a value depends on its key only. Where two threads miss the same
/// key at once, both compute it and one result is kept. When the limit is passed, the values that were
/// used longest ago are dropped.
public final class SharedCache: Sendable {
  private struct Slot {
    let value: any Sendable
    let byteCount: Int
    var lastUse: Int
  }

  private struct Contents {
    var slots: [String: Slot] = [:]
    var byteCount = 0
    var clock = 0
  }

  private let byteLimit: Int
  private let scope: String
  private let contents: Shared

  private final class Shared: Sendable {
    let state = Mutex(Contents())
  }

  /// Makes an empty cache that holds at most `byteLimit` bytes.
  public convenience init(byteLimit: Int) {
    self.init(byteLimit: byteLimit, scope: "", contents: Shared())
  }

  private init(byteLimit: Int, scope: String, contents: Shared) {
    self.byteLimit = byteLimit
    self.scope = scope
    self.contents = contents
  }

  /// The same memory seen through longer keys: values of different scopes never meet.
  public func scoped(_ name: String) -> SharedCache {
    SharedCache(byteLimit: byteLimit, scope: scope + name + "/", contents: contents)
  }

  /// The value of a key, computed where it is not there.
  ///
  /// - Parameters:
  ///   - key: Everything that the value depends on, apart from the scope.
  ///   - byteCount: How many bytes a value takes.
  ///   - compute: Makes the value; it is called outside the cache's lock.
  /// - Returns: The value, stored or new.
  public func value<Value: Sendable>(
    for key: String, byteCount: (Value) -> Int, compute: () throws -> Value
  ) rethrows -> Value {
    let key = scope + key
    let found: Value? = contents.state.withLock { contents in
      contents.clock += 1
      contents.slots[key]?.lastUse = contents.clock
      return contents.slots[key]?.value as? Value
    }
    if let found { return found }
    let value = try compute()
    insert(value, byteCount: byteCount(value), for: key)
    return value
  }

  private func insert(_ value: any Sendable, byteCount: Int, for key: String) {
    guard byteCount <= byteLimit else { return }
    contents.state.withLock { contents in
      if let old = contents.slots.removeValue(forKey: key) { contents.byteCount -= old.byteCount }
      contents.clock += 1
      contents.slots[key] = Slot(value: value, byteCount: byteCount, lastUse: contents.clock)
      contents.byteCount += byteCount
      while contents.byteCount > byteLimit,
        let oldest = contents.slots.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        contents.slots.removeValue(forKey: oldest.key)
        contents.byteCount -= oldest.value.byteCount
      }
    }
  }
}
