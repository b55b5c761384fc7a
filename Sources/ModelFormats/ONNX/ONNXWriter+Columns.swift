import PluginKit

extension ONNXWriter {
  /// Texts to rows of a table of outcomes.
  ///
  /// ONNX has no way to refuse a row. A refused text leads to a row that the table does not have, at which
  /// onnxruntime ends with "indices element out of data bounds".
  mutating func encode(_ x: String, by encoding: ModelGraph.CategoryEncoding) -> String {
    var outcomes: [ModelGraph.CategoryEncoding.Outcome] = []
    func place(of outcome: ModelGraph.CategoryEncoding.Outcome) -> Int {
      if let place = outcomes.firstIndex(of: outcome) { return place }
      outcomes.append(outcome)
      return outcomes.count - 1
    }
    var rows: [Double] = []
    // Refused outcomes come last, behind the rows of the table.
    let used =
      [encoding.missing, encoding.unseen] + encoding.categories.map(\.outcome)
    for outcome in used where outcome != .refused { _ = place(of: outcome) }
    for outcome in outcomes { rows += encoding.row(of: outcome) }
    let tableCount = outcomes.count
    let texts = encoding.missingTexts + encoding.categories.map(\.text)
    let missing = encoding.missingTexts.map { _ in place(of: encoding.missing) }
    let places = missing + encoding.categories.map { place(of: $0.outcome) }
    let index = onnx.add(
      "LabelEncoder", [x],
      [
        ("keys_strings", .texts(texts)), ("values_int64s", .ints(places)),
        ("default_int64", .int(place(of: encoding.unseen))),
      ], domain: "ai.onnx.ml")
    let table = onnx.constant(ONNXTensor(rows, shape: [tableCount, encoding.width]))
    return onnx.add("Gather", [table, index], [("axis", .int(0))])
  }

  /// Float32 features; a row that has none is refused by a look at a place that does not exist.
  mutating func round(_ x: String, allowsGaps: Bool) -> String {
    let features = cast(x, to: .float32)
    // 0 times NaN and 0 times infinity are NaN.
    let isBad =
      allowsGaps
      ? onnx.add("IsInf", [features])
      : onnx.add("IsNaN", [onnx.add("Mul", [features, number(Float(0))])])
    let place = cast(isBad, to: .int64)
    let zero = onnx.constant(ONNXTensor([Float(0)], shape: [1]))
    return onnx.add("Add", [features, onnx.add("Gather", [zero, place], [("axis", .int(0))])])
  }

  /// As many equal rows as `x` has rows.
  mutating func constantRows(_ values: [Float], like x: String) -> String {
    let rowCount = onnx.add("Shape", [x], [("start", .int(0)), ("end", .int(1))])
    let shape = onnx.add(
      "Concat", [rowCount, onnx.constant(ONNXTensor([values.count]))], [("axis", .int(0))])
    return onnx.add(
      "Expand", [onnx.constant(ONNXTensor(values, shape: [1, values.count])), shape])
  }
}

extension ModelGraph.CategoryEncoding {
  /// The numbers of an outcome that is not refused.
  fileprivate func row(of outcome: Outcome) -> [Double] {
    switch outcome {
    case .column(let column): (0..<width).map { $0 == column ? 1 : 0 }
    case .missing: Array(repeating: .nan, count: width)
    case .zeros, .refused: Array(repeating: 0, count: width)
    }
  }
}
