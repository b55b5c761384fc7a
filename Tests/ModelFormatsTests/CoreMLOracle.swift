import Foundation
import ModelExport
import ModelFormats
import PluginKit
import TestSupport

/// Core ML models read by coremltools and computed by numpy, as Apple's specification describes their stages.
///
/// Core ML itself runs on Apple's systems only. What is tested here is that coremltools takes the file, that
/// every stage and layer finds its inputs, and that the numbers come out where the specification is followed.
enum CoreMLOracle {
  /// What was found about a model.
  struct Answer {
    /// What does not fit; empty if everything does.
    let complaint: String
    let wrongLabels: Int
    /// The largest difference of scores, relative to max(1, the largest score of its row).
    let scoreError: Double
    let probabilityError: Double
    /// Names of inputs and outputs, in their order.
    let inputs: [String]
    let outputs: [String]
  }

  static func answers(_ models: [(model: [UInt8], parity: JSONValue)]) throws -> [Answer] {
    let folder = try TemporaryFolder()
    let cases = try models.enumerated().map { place, files in
      JSONValue.object([
        ("model", .string(try folder.write(Data(files.model), to: "\(place).mlmodel"))),
        ("parity", .string(try folder.write(files.parity.text, to: "\(place).json"))),
      ])
    }
    let output = try PythonOracle.run(script, input: JSONValue.array(cases).text)
    return try JSONValue(parsing: output).array?.map { Answer($0) } ?? []
  }

  private static let script = #"""
    import json, logging, sys
    logging.disable(logging.WARNING)
    import numpy as np
    import coremltools
    from coremltools.models import MLModel
    from coremltools.proto import Model_pb2

    F = np.float32

    def weights(message, shape):
        values = np.array(message.floatValue, F)
        assert values.size == int(np.prod(shape)), "weights do not fit their shape"
        return values.reshape(shape)

    def activation(p, x):
        kind = p.WhichOneof("NonlinearityType")
        if kind == "linear":
            return F(p.linear.alpha) * x + F(p.linear.beta)
        if kind == "ReLU":
            return np.maximum(x, F(0))
        if kind == "tanh":
            return np.tanh(x)
        if kind == "sigmoid":
            return F(1) / (F(1) + np.exp(-x))
        raise ValueError(kind)

    def unary(p, x):
        x = F(p.scale) * x + F(p.shift)
        kind = p.Operation.Name(p.type)
        if kind == "EXP":
            return np.exp(x)
        if kind == "LOG":
            return np.log(np.maximum(x, F(p.epsilon)))
        if kind == "ABS":
            return np.abs(x)
        raise ValueError(kind)

    def softmax(x, axis):
        e = np.exp(x - x.max(axis, keepdims=True))
        return e / e.sum(axis, keepdims=True)

    def layer(l, x):
        kind = l.WhichOneof("layer")
        p = getattr(l, kind)
        if kind == "activation":
            return activation(p, x[0])
        if kind == "unary":
            return unary(p, x[0])
        if kind == "batchedMatmul":
            n, m = p.weightMatrixFirstDimension, p.weightMatrixSecondDimension
            assert x[0].shape[-1] == n and p.hasBias
            # As the builder of coremltools stores them: transposed.
            return x[0] @ weights(p.weights, (m, n)).T + weights(p.bias, (m,))
        if kind == "expandDims":
            return np.expand_dims(x[0], tuple(p.axes))
        if kind == "squeeze":
            return np.squeeze(x[0], tuple(p.axes))
        if kind == "clip":
            return np.clip(x[0], F(p.minVal), F(p.maxVal))
        if kind == "transpose":
            return np.transpose(x[0], tuple(p.axes))
        if kind == "reduceSum":
            return x[0].sum(tuple(p.axes), keepdims=p.keepDims)
        if kind == "concatND":
            return np.concatenate(x, p.axis)
        if kind == "gather":
            return np.take(x[0], x[1].astype(int), p.axis)
        if kind == "softmaxND":
            return softmax(x[0], p.axis)
        if kind == "loadConstantND":
            return weights(p.data, tuple(p.shape))
        if kind == "greaterEqual":
            return (x[0] >= F(p.alpha)).astype(F)
        functions = {
            "addBroadcastable": np.add, "subtractBroadcastable": np.subtract,
            "multiplyBroadcastable": np.multiply, "divideBroadcastable": np.divide,
            "sin": np.sin, "cos": np.cos, "round": np.rint,
        }
        return functions[kind](*x)

    def network(net, inputs):
        assert net.arrayInputShapeMapping == 1
        blobs = {name: np.asarray(value, F) for name, value in inputs.items()}
        for l in net.layers:
            assert len(l.output) == 1 and l.output[0] not in blobs, "a blob is written twice"
            blobs[l.output[0]] = np.asarray(layer(l, [blobs[name] for name in l.input]), F)
        return blobs

    def trees(p, x):
        p = p.treeEnsemble
        result = np.array(p.basePredictionValue, float)
        nodes = {(n.treeId, n.nodeId): n for n in p.nodes}
        for tree in sorted({n.treeId for n in p.nodes}):
            node = nodes[tree, 0]
            while node.nodeBehavior == 0:
                value = x[node.branchFeatureIndex]
                first = node.missingValueTracksTrueChild if np.isnan(value) else \
                    value <= node.branchFeatureValue
                node = nodes[tree, node.trueChildNodeId if first else node.falseChildNodeId]
            assert node.nodeBehavior == 6
            for info in node.evaluationInfo:
                result[info.evaluationIndex] += info.evaluationValue
        return result

    def check(value, feature):
        kind = feature.type.WhichOneof("Type")
        if kind == "multiArrayType":
            assert list(np.shape(value)) == list(feature.type.multiArrayType.shape), feature.name
        expected = {"doubleType": float, "stringType": str, "int64Type": int, "dictionaryType": dict}
        if kind in expected:
            assert isinstance(value, expected[kind]), feature.name
        return value

    def stage(model, features):
        names = [f.name for f in model.description.input]
        x = [check(features[f.name], f) for f in model.description.input]
        kind = model.WhichOneof("Type")
        p = getattr(model, kind)
        if kind == "categoricalMapping":
            table = dict(p.stringToInt64Map.map)
            if p.WhichOneof("ValueOnUnknown") is None and x[0] not in table:
                raise KeyError(x[0])
            result = table.get(x[0], p.int64Value)
        elif kind == "oneHotEncoder":
            assert p.outputSparse and p.handleUnknown == 1
            places = list(p.int64Categories.vector)
            result = {places.index(x[0]): 1.0} if x[0] in places else {}
        elif kind == "featureVectorizer":
            result = []
            for column in p.inputList:
                value = features[column.inputColumn]
                assert column.inputColumn in names
                if isinstance(value, dict):
                    result += [value.get(i, 0.0) for i in range(column.inputDimensions)]
                else:
                    assert column.inputDimensions == 1
                    result.append(float(value))
            result = np.array(result)
        elif kind == "imputer":
            assert np.isnan(p.replaceDoubleValue)
            result = np.where(np.isnan(x[0]), p.imputedDoubleArray.vector, x[0])
        elif kind == "scaler":
            result = np.array(p.scaleValue) * (x[0] + np.array(p.shiftValue))
        elif kind == "treeEnsembleRegressor":
            assert model.description.predictedFeatureName == model.description.output[0].name
            result = trees(p, x[0])
        elif kind == "neuralNetwork":
            result = network(p, dict(zip(names, x)))[model.description.output[0].name]
        elif kind == "neuralNetworkClassifier":
            blobs = network(p, dict(zip(names, x)))
            probabilities = blobs[p.labelProbabilityLayerName].ravel()
            classes = list(p.stringClassLabels.vector)
            d = model.description
            assert d.predictedProbabilitiesName == d.output[1].name
            assert d.predictedFeatureName == d.output[0].name
            return {
                d.output[0].name: classes[int(np.argmax(probabilities))],
                d.output[1].name: dict(zip(classes, map(float, probabilities))),
                d.output[2].name: check(blobs[d.output[2].name], d.output[2])}
        else:
            raise ValueError(kind)
        return {model.description.output[0].name: check(result, model.description.output[0])}

    def ask(case):
        spec = coremltools.utils.load_spec(case["model"])
        MLModel(spec, skip_model_load=True)
        d = spec.description
        answer = {"complaint": "", "inputs": [f.name for f in d.input],
                  "outputs": [f.name for f in d.output]}
        with open(case["parity"], encoding="utf-8") as file:
            expected = json.load(file)
        scores, probabilities, labels = [], [], []
        try:
            assert spec.specificationVersion == 4
            unknown = [f for f in spec.ListFields() if f[0].name not in
                       ("specificationVersion", "description", "pipelineClassifier")]
            assert not unknown
            pipeline = spec.pipelineClassifier.pipeline
            assert len(pipeline.names) == len(pipeline.models)
            for row in range(len(expected["labels"])):
                features = {}
                for column in expected["columns"]:
                    value = column["values"][row]
                    number = column["kind"] == "number"
                    features[column["name"]] = (
                        (np.nan if number else "") if value is None else value)
                    if number:
                        features[column["name"]] = float(features[column["name"]])
                for feature in d.input:
                    check(features[feature.name], feature)
                for model in pipeline.models:
                    results = stage(model, features)
                    assert not set(results) & set(features), "a feature is written twice"
                    features.update(results)
                labels.append(features[d.predictedFeatureName])
                by_class = features[d.predictedProbabilitiesName]
                probabilities.append([by_class[c] for c in expected["classes"]])
                scores.append(features[d.output[2].name])
        except Exception as problem:
            answer["complaint"] = f"{type(problem).__name__}: {problem}"
            return answer
        wanted = np.array(expected["scores"])
        scale = np.maximum(1, abs(wanted).max(1, keepdims=True))
        answer["wrong_labels"] = sum(a != b for a, b in zip(labels, expected["labels"]))
        answer["score_error"] = float((abs(np.array(scores) - wanted) / scale).max())
        answer["probability_error"] = float(
            abs(np.array(probabilities) - expected["probabilities"]).max())
        return answer

    print(json.dumps([ask(case) for case in json.load(sys.stdin)]))
    """#
}

extension CoreMLOracle.Answer {
  fileprivate init(_ json: JSONValue) {
    complaint = json["complaint"]?.string ?? "no answer"
    wrongLabels = json["wrong_labels"]?.integer ?? -1
    scoreError = json["score_error"]?.number ?? .infinity
    probabilityError = json["probability_error"]?.number ?? .infinity
    inputs = json["inputs"]?.array?.compactMap(\.string) ?? []
    outputs = json["outputs"]?.array?.compactMap(\.string) ?? []
  }
}
