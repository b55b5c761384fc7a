import PluginKit
import Testing

@Test func aHitGivesWhatTheMissComputed() {
  let cache = SharedCache(byteLimit: 1_000)
  var computed = 0
  for _ in 0..<3 {
    let value = cache.value(for: "a", byteCount: { 8 * $0.count }) { () -> [Int] in
      computed += 1
      return [1, 2, 3]
    }
    #expect(value == [1, 2, 3])
  }
  #expect(computed == 1)
}

@Test func scopesKeepTheirValuesApart() {
  let cache = SharedCache(byteLimit: 1_000)
  let one = cache.scoped("fold-1").value(for: "k", byteCount: { _ in 8 }) { 1 }
  let two = cache.scoped("fold-2").value(for: "k", byteCount: { _ in 8 }) { 2 }
  #expect((one, two) == (1, 2))
}

@Test func beyondTheLimitWhatWasUsedLongestAgoIsDropped() {
  let cache = SharedCache(byteLimit: 20)
  func ask(_ key: String) -> Bool {
    var wasComputed = false
    _ = cache.value(for: key, byteCount: { _ in 8 }) { () -> Int in
      wasComputed = true
      return 0
    }
    return wasComputed
  }
  #expect(ask("a") && ask("b"))
  #expect(!ask("a"))
  #expect(ask("c"))  // drops b
  #expect(!ask("a"))
  #expect(ask("b"))
}

@Test func whatIsLargerThanTheLimitIsNotKept() {
  let cache = SharedCache(byteLimit: 20)
  var computed = 0
  for _ in 0..<2 {
    cache.value(for: "a", byteCount: { _ in 21 }) { computed += 1 }
  }
  #expect(computed == 2)
}
