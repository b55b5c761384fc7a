import Foundation
import SystemFiles
import Testing

private func withFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.path + "/automl-" + UUID().uuidString
  try makeFolder(folder)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try body(folder)
}

@Test func whatIsWrittenIsReadAgainAndNothingElseIsLeft() throws {
  try withFolder { folder in
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try writeFile(folder + "/a", [1, 2, 3])
    try writeFile(folder + "/a", bytes)
    #expect(try readFile(folder + "/a") == bytes)
    #expect(folderContents(folder) == ["a"])
  }
}

@Test func aMissingFileIsNamed() throws {
  #expect {
    try readFile("/nowhere/rooms.csv")
  } throws: { error in
    "\(error)" == "can't read '/nowhere/rooms.csv': No such file or directory"
      && (error as? FileError)?.isMissing == true
  }
}

@Test func aFileBeyondTheLimitIsRefused() throws {
  try withFolder { folder in
    try writeFile(folder + "/a", [UInt8](repeating: 7, count: 11))
    #expect(throws: FileError(path: folder + "/a", action: "read", reason: .tooLarge(limit: 10))) {
      try readFile(folder + "/a", byteLimit: 10)
    }
    #expect(try readFile(folder + "/a", byteLimit: 11).count == 11)
  }
}

@Test func aFolderIsNoFile() throws {
  try withFolder { folder in
    #expect { try readFile(folder) } throws: { "\($0)".hasSuffix("Is a directory") }
  }
}

@Test func foldersAreMadeWithThoseAboveThem() throws {
  try withFolder { folder in
    try makeFolder(folder + "/a/b/c")
    try makeFolder(folder + "/a/b/c")
    try writeFile(folder + "/a/b/c/file", "text")
    #expect(folderContents(folder + "/a/b") == ["c"])
    #expect { try makeFolder(folder + "/a/b/c/file") } throws: {
      "\($0)".hasSuffix("Not a directory")
    }
  }
}

@Test func parentsAndRelativePaths() {
  #expect(parentFolder(of: "a/b") == "a")
  #expect(parentFolder(of: "a") == nil)
  #expect(parentFolder(of: "/a") == "/")
  #expect(resolvedPath("x.csv", from: "pipelines") == "pipelines/x.csv")
  #expect(resolvedPath("/x.csv", from: "pipelines") == "/x.csv")
  #expect(resolvedPath("-", from: "pipelines") == "-")
}

/// Vectors of FIPS 180-4's examples; the last has a length that needs a second block of padding.
@Test(arguments: [
  ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
  ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  (
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
  ),
])
func digestsAgreeWithTheStandard(text: String, digest: String) {
  #expect(SHA256.hexDigest(of: Array(text.utf8)) == digest)
}

@Test func aMillionLettersHaveTheirDigest() {
  #expect(
    SHA256.hexDigest(of: [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
      == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
}
