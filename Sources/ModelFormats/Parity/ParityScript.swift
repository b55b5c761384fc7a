/// A program in Python that lets onnxruntime run an export on the rows of its parity file.
package enum ParityScript {
  /// How it ends where Python lacks numpy or onnxruntime.
  package static let exitWithoutRuntime: Int32 = 3

  /// Takes the paths of model and parity file, prints a sentence, and ends with 1 where they differ.
  package static let text = """
    import json, sys
    try:
        import numpy, onnxruntime
    except ImportError as problem:
        print(problem)
        sys.exit(3)

    model, parity = sys.argv[1:]
    with open(parity, encoding="utf-8") as file:
        expected = json.load(file)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    ranks = {value.name: len(value.shape) for value in session.get_inputs()}
    feeds = {}
    for column in expected["columns"]:
        if column["kind"] == "number":
            values = [numpy.nan if value is None else value for value in column["values"]]
            values = numpy.array(values, numpy.float64)
        else:
            values = ["" if value is None else value for value in column["values"]]
            values = numpy.array(values, object)
        feeds[column["name"]] = values if ranks[column["name"]] == 1 else values[:, None]
    labels, *results = session.run(None, feeds)
    count = len(expected["classes"])
    if len(results) > 2:
        results = [numpy.stack(results[:count], 1), numpy.stack(results[count:], 1)]
    differ = sum(a != b for a, b in zip(labels.tolist(), expected["labels"]))
    scores = numpy.array(expected["scores"])
    allowed = expected["tolerance"] * numpy.maximum(1, abs(scores).max(1, keepdims=True))
    allowed = allowed + numpy.array(expected["cosine_rounding"])[:, None]
    distances = abs(results[0] - scores)
    shares = abs(results[1] - numpy.array(expected["probabilities"])).max()
    isRight = not differ and (distances <= allowed).all()
    print(
        f"onnxruntime {onnxruntime.__version__} on {len(labels)} rows: {differ or 'no'} labels differ, "
        f"scores by {distances.max():.1e} at most, probabilities by {shares:.1e}"
    )
    sys.exit(0 if isRight else 1)
    """
}
