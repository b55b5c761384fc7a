import Foundation
import ModelExport
import PluginKit
import TestSupport
import Testing

private let example = SafetensorsFile(
  metadata: [.init("title", "Größe \"1\"\n"), .init("empty", "")],
  tensors: [
    NamedTensor(
      "a", shape: [2, 3], values: [1, -0.0, .nan, .infinity, .leastNonzeroMagnitude, -3.25]),
    NamedTensor("none", shape: [0, 4], values: []),
    NamedTensor("one", shape: [], values: [0.1]),
  ],
  buffers: [
    NamedBuffer("bytes", .u8, shape: [3], bytes: [1, 0, 255]),
    NamedBuffer("long", .i64, shape: [1, 1], bytes: [254] + [UInt8](repeating: 255, count: 7)),
    NamedBuffer("real", .f64, shape: [1], bytes: [0, 0, 0, 0, 0, 0, 4, 64]),
    NamedBuffer("whole", .i32, shape: [0], bytes: []),
  ])

@Test func aFileIsReadBackToTheBit() throws {
  let read = try SafetensorsFile(decoding: example.encoded())
  #expect(read.metadata == example.metadata)
  #expect(read.tensors.map(\.name) == ["a", "none", "one"])
  #expect(read.tensors.map(\.shape) == [[2, 3], [0, 4], []])
  #expect(
    read.tensors.map { $0.values.map(\.bitPattern) }
      == example.tensors.map { $0.values.map(\.bitPattern) })
  #expect(read.buffers == example.buffers)
  #expect(read.encoded() == example.encoded())
}

@Test func arraysStartAtMultiplesOfEightBytes() throws {
  for length in 0..<16 {
    let title = String(repeating: "x", count: length)
    let bytes = SafetensorsFile(metadata: [.init("t", title)], tensors: []).encoded()
    #expect(bytes.count % 8 == 0 && bytes[8] == UInt8(ascii: "{"))
    #expect(try SafetensorsFile(decoding: bytes).text("t") == title)
  }
}

@Test(.enabled(if: PythonOracle.isAvailable))
func pythonsSafetensorsReadsTheSameValues() throws {
  let folder = try TemporaryFolder()
  let path = try folder.write(Data(example.encoded()), to: "example.safetensors")
  let script = """
    import sys
    from safetensors import safe_open
    with safe_open(sys.argv[1], framework="numpy") as file:
        print(sorted(file.metadata().items()))
        for name in sorted(file.keys()):
            array = file.get_tensor(name)
            print(name, array.dtype, array.shape, array.tobytes().hex())
    """
  func hex(_ tensor: NamedTensor) -> String {
    tensor.values.map { value in
      let digits = String(value.bitPattern.byteSwapped, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }
  #expect(
    try PythonOracle.run(script, arguments: [path]) == """
      [('empty', ''), ('title', 'Größe "1"\\n')]
      a float32 (2, 3) \(hex(example.tensors[0]))
      bytes uint8 (3,) 0100ff
      long int64 (1, 1) feffffffffffffff
      none float32 (0, 4) \(hex(example.tensors[1]))
      one float32 () \(hex(example.tensors[2]))
      real float64 (1,) 0000000000000440
      whole int32 (0,) \(hex(example.tensors[1]))

      """)
}

/// Headers that a person's program would not write, and what is said of them.
private let hostile: [(file: [UInt8], says: String)] = [
  ([], "it ends within the first 8 bytes"),
  ([1, 2, 3, 4, 5, 6, 7], "it ends within the first 8 bytes"),
  (
    [UInt8](repeating: 255, count: 8) + Array("{ \"a\": 1".utf8),
    "its header should be 18446744073709551615 bytes long, and there are 8"
  ),
  (
    [0, 0, 0, 0, 0, 0, 0, 128, UInt8(ascii: "{")],
    "its header should be 9223372036854775808 bytes long, and there are 1"
  ),
  (file(header: ""), "its header is not JSON: byte 0: expected a value"),
  (
    file(header: #"{"a":"# + String(repeating: "[", count: 100_000)),
    "its header is not JSON: byte 68: more than 64 levels of nesting"
  ),
  (file(header: #"{"__metadata__":[]}"#), "its metadata is no object"),
  (file(header: #"{"__metadata__":{"n":1}}"#), "the metadata 'n' is no text"),
  (file(header: "{}", dataBytes: 3), "3 bytes belong to no array"),
  (file(header: #"{"a":{}}"#), "the array 'a' is of none of the types F32, F64, I32, I64, U8"),
  (
    file(header: #"{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}"#, dataBytes: 8),
    "the array 'a' is of none of the types F32, F64, I32, I64, U8"
  ),
  (
    file(header: #"{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}"#, dataBytes: 8),
    doesNotFit
  ),
  (
    array(shape: "[1,\"x\"]", offsets: "[0,4]"),
    "the shape or place of the array 'a' is no list of whole numbers"
  ),
  (
    array(shape: "[1]", offsets: "[0,4.5]"),
    "the shape or place of the array 'a' is no list of whole numbers"
  ),
  (array(shape: "[-1]", offsets: "[0,-4]"), doesNotFit),
  (array(shape: "[1]", offsets: "[-4,0]"), doesNotFit),
  (array(shape: "[1]", offsets: "[4,0]"), doesNotFit),
  (array(shape: "[3]", offsets: "[0,12]"), doesNotFit),
  (array(shape: "[2]", offsets: "[0,4]"), doesNotFit),
  (array(shape: "[1]", offsets: "[0,4,8]"), doesNotFit),
  (array(shape: "[4294967296,4294967296,4294967296]", offsets: "[0,8]"), doesNotFit),
  (array(shape: "[9223372036854775807,2]", offsets: "[0,8]"), doesNotFit),
  (array(shape: "[1]", offsets: "[-9223372036854775808,9223372036854775807]"), doesNotFit),
  (array(shape: "[1]", offsets: "[4,8]"), "the array 'a' does not follow the one before it"),
  (
    file(
      header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
        + #""b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, dataBytes: 8),
    "the array 'b' does not follow the one before it"
  ),
]

private let doesNotFit = "the shape or place of the array 'a' does not fit the file"

/// A file of one array and 8 bytes.
private func array(shape: String, offsets: String) -> [UInt8] {
  file(
    header: #"{"a":{"dtype":"F32","shape":\#(shape),"data_offsets":\#(offsets)}}"#, dataBytes: 8)
}

@Test(arguments: hostile.indices)
func aHostileHeaderIsRefused(_ index: Int) {
  #expect(throws: ModelFileError.damaged(hostile[index].says)) {
    try SafetensorsFile(decoding: hostile[index].file)
  }
}
