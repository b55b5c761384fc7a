import Foundation
import SystemFiles
import TestSupport
import Testing

private func next(_ stream: FileStream, _ count: Int) throws(FileError) -> [UInt8] {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
  defer { buffer.deallocate() }
  return Array(buffer[..<(try stream.read(into: buffer))])
}

@Test func filesAreReadPieceByPieceAndAgain() throws {
  let folder = try TemporaryFolder()
  let stream = try FileStream(try folder.write("abcdefg", to: "text"))
  #expect(stream.byteCount == 7)
  #expect(try next(stream, 3) == Array("abc".utf8))
  #expect(try next(stream, 9) == Array("defg".utf8))
  #expect(try next(stream, 9).isEmpty)
  stream.seek(to: 2)
  #expect(try next(stream, 2) == Array("cd".utf8))
}

@Test(arguments: ["abc", "abcdefghi", "gfedcba"])
func filesThatChangeWhileTheyAreReadAreRefused(later: String) throws {
  let folder = try TemporaryFolder()
  let path = try folder.write("abcdefg", to: "text")
  let stream = try FileStream(path)
  #expect(try next(stream, 3) == Array("abc".utf8))
  let file = try FileHandle(forWritingTo: URL(filePath: path))
  try file.truncate(atOffset: 0)
  try file.write(contentsOf: Data(later.utf8))
  // A file system may count time in steps longer than this test takes.
  try FileManager.default.setAttributes(
    [.modificationDate: Date(timeIntervalSinceNow: 100)], ofItemAtPath: path)
  let error = #expect(throws: FileError.self) { try next(stream, 9) }
  #expect(
    error?.description
      == "can't read '\(path)': it changed while it was read; try again when nothing writes to it")
}

@Test func largeFilesAndFoldersAreRefused() throws {
  let folder = try TemporaryFolder()
  let path = try folder.write("abcdefg", to: "text")
  let error = #expect(throws: FileError.self) { try FileStream(path, byteLimit: 6) }
  #expect(error?.description == "can't read '\(path)': it is larger than 6 bytes")
  #expect(throws: FileError.self) { try FileStream(folder.path) }
}
