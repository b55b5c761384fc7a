/// A plugin in Python that needs no library: it predicts the class whose centre is nearest.
///
/// It speaks the protocol by itself, line by line, and can be given a bad habit.
package enum PluginSample {
  /// Writes the plugin into a folder.
  ///
  /// - Parameters:
  ///   - folder: Where the plugin's folder is made.
  ///   - name: The name of the plugin's folder.
  ///   - id: What a pipeline calls it.
  ///   - habit: Python that runs before each request is answered: it sees the `verb`, the `request` and its
  ///     `arrays`, can `send` a message, and returns True if that was the answer.
  ///   - more: Further lines of `plugin.yaml`.
  /// - Returns: The path of the plugin's folder.
  /// - Throws: An error of the system.
  @discardableResult
  package static func write(
    to folder: TemporaryFolder, _ name: String = "centre", id: String = "centre",
    habit: String = "pass", more: String = ""
  ) throws -> String {
    try folder.write(manifest(id: id, more: more), to: "\(name)/plugin.yaml")
    try folder.write(program(habit: habit), to: "\(name)/centre.py")
    return folder.path(name)
  }

  private static func manifest(id: String, more: String) -> String {
    """
    id: \(id)
    version: 1
    protocol: 1
    summary: the class whose centre is nearest
    command: [python3, centre.py]
    capabilities: {weights: true, epochs: true}
    parameters:
      shrinkage:
        type: real
        min: 0
        max: 1
        default: 0.1
        search: {min: 0.001, max: 1, log: true}
        help: how far centres move towards the mean of all rows
      metric: {type: choice, choices: [euclidean, cityblock], default: euclidean, help: the distance}
    \(more)

    """
  }

  private static func program(habit: String) -> String {
    let indented = habit.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
    return """
      import json, os, signal, struct, subprocess, sys, time
      from array import array

      TYPES = {"f32": "f", "f64": "d", "i32": "i", "i64": "q", "u8": "B"}
      source, sink = sys.stdin.buffer, sys.stdout.buffer
      data, models = {}, {}

      def receive():
          line = source.readline()
          if not line:
              sys.exit(0)
          request, arrays = json.loads(line), {}
          for described in request.get("arrays", []):
              count = struct.unpack("<Q", source.read(8))[0]
              values = array(TYPES[described["type"]])
              values.frombytes(source.read(count))
              arrays[described["name"]] = (values, described["shape"])
          return request, arrays

      def send(message, **arrays):
          if arrays:
              message["arrays"] = [
                  {"name": name, "type": "f32", "shape": shape} for name, (_, shape) in arrays.items()]
          sink.write(json.dumps(message).encode() + b"\\n")
          for values, _ in arrays.values():
              content = values.tobytes()
              sink.write(struct.pack("<Q", len(content)) + content)
          sink.flush()

      def rows(number):
          values, shape = data[number]["features"]
          return [values[i * shape[1]:(i + 1) * shape[1]] for i in range(shape[0])]

      def fit(request):
          training, classes = rows(request["data"]), data[request["data"]]["classes"]
          labels = data[request["data"]]["labels"][0]
          weights = data[request["data"]].get("weights", ([1.0] * len(labels), None))[0]
          width, total = len(training[0]), sum(weights)
          mean = [sum(w * row[j] for w, row in zip(weights, training)) / total for j in range(width)]
          shrinkage, centres = request["parameters"]["shrinkage"], array("f")
          for k in range(classes):
              own = [(w, row) for w, row, label in zip(weights, training, labels) if label == k]
              count = sum(w for w, _ in own)
              for j in range(width):
                  centre = sum(w * row[j] for w, row in own) / count if count else mean[j]
                  centres.append((1 - shrinkage) * centre + shrinkage * mean[j])
          models[request["model"]] = (centres, [classes, width], request["parameters"]["metric"])
          for epoch in range(1, request.get("epochs", 2) + 1):
              send({"report": {"epoch": epoch, "training_loss": 1 / epoch, "training_accuracy": 0.5}})
              if receive()[0]["verb"] == "stop":
                  break
          send({"ok": "fit", "trainable_parameters": len(centres), "best_epoch": 2})

      def scores(request):
          centres, (classes, width), metric = models[request["model"]]
          power, result, scored = 1 if metric == "cityblock" else 2, array("f"), rows(request["data"])
          for row in scored:
              for k in range(classes):
                  result.append(-sum(
                      abs(x - c) ** power for x, c in zip(row, centres[k * width:(k + 1) * width])))
          send({"ok": "scores"}, scores=(result, [len(scored), classes]))

      def habit(verb, request, arrays):
      \(indented)

      def answer(verb, request, arrays):
          if verb == "hello":
              send({"ok": "hello", "protocol": 1})
          elif verb == "data":
              data[request["data"]] = {"classes": request["classes"], **arrays}
              send({"ok": "data"})
          elif verb == "fit":
              fit(request)
          elif verb == "save":
              centres, shape, metric = models[request["model"]]
              send({"ok": "save", "state": {"metric": metric}}, centres=(centres, shape))
          elif verb == "load":
              centres, shape = arrays["centres"]
              models[request["model"]] = (centres, shape, request["state"]["metric"])
              send({"ok": "load"})
          elif verb == "scores":
              scores(request)
          elif verb == "bye":
              sys.exit(0)
          else:
              send({"unsupported": verb})

      while True:
          request, arrays = receive()
          if not habit(request["verb"], request, arrays):
              answer(request["verb"], request, arrays)

      """
  }
}
