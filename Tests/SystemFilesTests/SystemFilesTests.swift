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
