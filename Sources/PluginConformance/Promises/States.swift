import PluginKit

/// What the state of a model promises.
let statePromises: [PluginPromise] = [
  .trained(
    "a-loaded-model-gives-the-same-scores",
    advice: "put everything into the state that scoring needs, without rounding"
  ) { subject in
    let outcome = try subject.ordinary.get()
    let loaded = try subject.plugin.load(subject.state)
    let again = loaded.state()
    let rows = blobs(rows: 50, classes: subject.classCount, seed: 9).features
    var findings: [String] = []
    if try loaded.scores(for: rows) != outcome.model.scores(for: rows) {
      findings.append("the scores of 50 rows differ after saving and loading")
    }
    if loaded.classCount != outcome.model.classCount
      || loaded.featureCount != outcome.model.featureCount
      || loaded.trainableParameterCount != outcome.model.trainableParameterCount
    {
      findings.append("a loaded model has another number of classes, columns or parameters")
    }
    if findings.isEmpty, try !again.isIdentical(to: subject.state) {
      findings.append("a loaded model has another state than the one that was saved")
    }
    return .broken(by: findings, otherwise: "the same scores of 50 rows, and the same state again")
  },
  .trained(
    "tensors-have-different-names", advice: "give each array of the state a name of its own"
  ) { subject in
    let names = try subject.state.tensors.map(\.name) + subject.state.buffers.map(\.name)
    return .broken(
      by: names.indices.filter { names[..<$0].contains(names[$0]) }
        .map { "there are two tensors '\(names[$0])'" },
      otherwise: counted(names.count, "tensor"))
  },
  .trained(
    "a-damaged-state-is-refused",
    advice: "look at the shape of everything before loading it, and say what is wrong"
  ) { subject in
    let model = try subject.model
    let damaged = try subject.state.damaged
    let rows = subject.table.features
    let scores = try model.scores(for: rows)
    let findings = damaged.compactMap { name, state -> String? in
      do {
        let loaded = try subject.plugin.load(state)
        // What was left out may have been of no use.
        return try loaded.scores(for: rows) == scores
          ? nil : "\(name): it was loaded, and gives other scores"
      } catch let fault as PluginFault {
        return "\(name): \(fault)"
      } catch {
        return "\(error)".isEmpty ? "\(name): it was refused without a reason" : nil
      }
    }
    return .broken(by: findings, otherwise: counted(damaged.count, "damaged state"))
  },
  .trained(
    "the-report-survives-a-file", advice: "report finite figures, and a best epoch that was run"
  ) { subject in
    let report = try subject.ordinary.get().report
    var findings: [String] = []
    if TrainingReport(json: report.json) != report {
      findings.append("the report of the training changes when it is written and read")
    }
    if let best = report.bestEpoch, !(1...max(1, report.iterations) ~= best) {
      findings.append("the best epoch is \(best) of \(report.iterations)")
    }
    return .broken(by: findings, otherwise: "the report reads as it was written")
  },
]

extension ModelState {
  /// The state with a part missing or cut, by what was done to it.
  fileprivate var damaged: [(name: String, state: ModelState)] {
    var states: [(name: String, state: ModelState)] = [
      ("a state without anything", ModelState(tensors: []))
    ]
    for (place, tensor) in tensors.enumerated() where !tensor.values.isEmpty {
      var missing = self
      missing.tensors.remove(at: place)
      states.append(("a state without '\(tensor.name)'", missing))
      var cut = self
      let values = Array(tensor.values.dropLast())
      cut.tensors[place] = NamedTensor(tensor.name, shape: [values.count], values: values)
      states.append(("a state with a cut '\(tensor.name)'", cut))
    }
    for (place, buffer) in buffers.enumerated() where !buffer.bytes.isEmpty {
      var missing = self
      missing.buffers.remove(at: place)
      states.append(("a state without '\(buffer.name)'", missing))
      var cut = self
      let bytes = Array(buffer.bytes.dropLast(buffer.elementType.byteCount))
      cut.buffers[place] = NamedBuffer(
        buffer.name, buffer.elementType, shape: [bytes.count / buffer.elementType.byteCount],
        bytes: bytes)
      states.append(("a state with a cut '\(buffer.name)'", cut))
    }
    for (name, _) in attributes.members ?? [] {
      var missing = self
      missing.attributes = .object((attributes.members ?? []).filter { $0.0 != name })
      states.append(("a state without the attribute '\(name)'", missing))
    }
    return states
  }
}
