/// The messages of Core ML's specification that models are written with.
///
/// Reference: https://apple.github.io/coremltools/mlmodel, `Model.proto` and what it imports. Version 4, which
/// macOS 10.15 and iOS 13 read, is the first one whose networks have a cosine.
enum CoreMLSpec {
  static let version = 4

  /// A column that goes into a model, or a result that comes out.
  struct Feature {
    /// What a feature is made of.
    enum Kind {
      case string
      case int64
      case double
      /// So many numbers of type double.
      case doubles(Int)
      /// So many numbers of type Float32.
      case floats(Int)
      /// Numbers by text.
      case byString
      /// Numbers by whole number.
      case byInt64
    }

    let name: String
    let kind: Kind

    init(_ name: String, _ kind: Kind) {
      self.name = name
      self.kind = kind
    }

    fileprivate var message: ProtobufMessage {
      var type = ProtobufMessage()
      switch kind {
      case .int64: type.add(1, ProtobufMessage())
      case .double: type.add(2, ProtobufMessage())
      case .string: type.add(3, ProtobufMessage())
      case .doubles(let count): type.add(5, Feature.array(count, elementType: 65_600))
      case .floats(let count): type.add(5, Feature.array(count, elementType: 65_568))
      case .byInt64: type.add(6, ProtobufMessage { $0.add(1, ProtobufMessage()) })
      case .byString: type.add(6, ProtobufMessage { $0.add(2, ProtobufMessage()) })
      }
      return ProtobufMessage {
        $0.add(1, name)
        $0.add(3, type)
      }
    }

    private static func array(_ count: Int, elementType: Int) -> ProtobufMessage {
      ProtobufMessage {
        $0.add(1, packed: [count])
        $0.add(2, elementType)
      }
    }
  }

  /// What a model is, by its field among the types of models.
  enum Kind: Int {
    case pipelineClassifier = 200
    case treeEnsembleRegressor = 302
    case neuralNetworkClassifier = 403
    case neuralNetwork = 500
    case oneHotEncoder = 600
    case imputer = 601
    case featureVectorizer = 602
    case scaler = 604
    case categoricalMapping = 606
  }

  /// The outputs of a classifier that hold the class and the probabilities by class.
  struct Prediction {
    let label: String
    let probabilities: String
  }

  /// A model, which may be a stage of a pipeline.
  static func model(
    _ kind: Kind, _ parameters: ProtobufMessage, from inputs: [Feature], to outputs: [Feature],
    predicts: Prediction? = nil, predictedFeature: String? = nil,
    metadata: [(String, String)] = []
  ) -> ProtobufMessage {
    let description = ProtobufMessage { message in
      for input in inputs { message.add(1, input.message) }
      for output in outputs { message.add(10, output.message) }
      if let predicts {
        message.add(11, predicts.label)
        message.add(12, predicts.probabilities)
      } else if let predictedFeature {
        message.add(11, predictedFeature)
      }
      guard !metadata.isEmpty else { return }
      message.add(
        100,
        ProtobufMessage { entries in
          for (key, value) in metadata {
            entries.add(
              100,
              ProtobufMessage {
                $0.add(1, key)
                $0.add(2, value)
              })
          }
        })
    }
    return ProtobufMessage {
      $0.add(1, version)
      $0.add(2, description)
      $0.add(kind.rawValue, parameters)
    }
  }

  /// A list of texts, of whole numbers or of numbers as a message.
  static func vector(_ texts: [String]) -> ProtobufMessage {
    ProtobufMessage { for text in texts { $0.add(1, text) } }
  }

  static func vector(_ values: [Int]) -> ProtobufMessage {
    ProtobufMessage { $0.add(1, packed: values) }
  }

  static func vector(_ values: [Double]) -> ProtobufMessage {
    ProtobufMessage { $0.add(1, values.littleEndianBytes) }
  }

  /// The weights of a layer.
  static func weights(_ values: [Float]) -> ProtobufMessage {
    ProtobufMessage { $0.add(1, packed: values) }
  }
}

extension ProtobufMessage {
  /// A message with fields.
  init(_ write: (inout ProtobufMessage) -> Void) {
    self.init()
    write(&self)
  }
}
