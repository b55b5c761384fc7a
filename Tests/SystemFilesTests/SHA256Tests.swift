import CSHA256
import PluginKit
import SystemFiles
import TestSupport
import Testing

/// The processor's instructions and the plain rounds agree, and pieces make no difference.
@Test(arguments: [0, 1, 55, 56, 63, 64, 65, 127, 128, 1_000, 300_000])
func digestsDoNotDependOnPieces(count: Int) throws {
  var generator = SeededGenerator(seed: UInt64(count))
  let bytes = (0..<count).map { _ in UInt8(generator.index(below: 256)) }
  var hash = SHA256()
  var start = 0
  while start < count {
    let end = min(count, start + generator.index(below: 200))
    bytes[start..<end].withUnsafeBufferPointer { hash.take($0) }
    start = end
  }
  #expect(hash.digest == SHA256.digest(of: bytes))
  let folder = try TemporaryFolder()
  let path = folder.path("bytes")
  try writeFile(path, bytes)
  #expect(try SHA256.hexDigest(ofFile: path) == SHA256.hexDigest(of: bytes))

  var states = [[UInt32]](repeating: [1, 2, 3, 4, 5, 6, 7, 8], count: 2)
  sha256_compress(&states[0], bytes, count / 64)
  sha256_compress_plain(&states[1], bytes, count / 64)
  #expect(states[0] == states[1])
}
