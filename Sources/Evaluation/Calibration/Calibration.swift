package import PluginKit

/// How decision scores become probabilities: the words of `calibration:`.
package enum CalibrationMethod: String, Sendable, CaseIterable {
  /// softmax of the scores times one fitted number.
  case temperature
  /// A sigmoid of each class' margin.
  case platt
  /// A rising curve through each class' margins.
  case isotonic
  /// softmax of the scores as they are.
  case none
}

/// What turns the decision scores of a row into probabilities.
///
/// Whatever the method, the class with the largest score has the largest probability, and of equal ones the
/// lowest class: calibration says how sure a prediction is, and never changes it.
package enum Calibration: Sendable, Equatable {
  /// Also of ``CalibrationMethod/none``, where the factor is 1.
  case temperature(TemperatureScaling)
  case margins(MarginCalibration)

  /// softmax of the scores as they are.
  package static let identity = Calibration.temperature(TemperatureScaling(beta: 1))

  /// Fits a calibration to rows that the model was not trained on.
  ///
  /// - Parameters:
  ///   - method: The kind of curve.
  ///   - scores: One row per example, all finite.
  ///   - labels: The class of each row.
  ///   - weights: How much each row counts; nil means that all count 1.
  /// - Returns: A calibration whose probabilities are over 0 and finite for all finite scores.
  package static func fit(
    _ method: CalibrationMethod, scores: ScoreMatrix, labels: [Int32], weights: [Float]? = nil
  ) -> Calibration {
    switch method {
    case .temperature:
      .temperature(.fit(scores: scores, labels: labels, weights: weights))
    case .platt: .margins(.platt(scores: scores, labels: labels, weights: weights))
    case .isotonic: .margins(.isotonic(scores: scores, labels: labels, weights: weights))
    case .none: .identity
    }
  }

  /// The probabilities of scores, row by row; a row's do not depend on the other rows.
  package func probabilities(of scores: ScoreMatrix) -> [Double] {
    switch self {
    case .temperature(let scaling): scaling.probabilities(of: scores)
    case .margins(let curves): curves.probabilities(of: scores)
    }
  }

  /// Whether this is a calibration of scores with so many classes.
  package func fits(classCount: Int) -> Bool {
    switch self {
    case .temperature: true
    case .margins(let curves): curves.curves.count == classCount
    }
  }
}

extension Calibration {
  /// The calibration as a JSON object.
  package var json: JSONValue {
    switch self {
    case .temperature(let scaling): .object([("inverse_temperature", .number(scaling.beta))])
    case .margins(let curves): curves.json
    }
  }

  /// Reads what ``json`` gave; nil for anything else.
  package init?(json: JSONValue) {
    if let beta = json["inverse_temperature"]?.number {
      guard beta > 0, beta.isFinite else { return nil }
      self = .temperature(TemperatureScaling(beta: beta))
    } else if let curves = MarginCalibration(json: json) {
      self = .margins(curves)
    } else {
      return nil
    }
  }
}

extension [Double] {
  /// Makes the predicted class of a row the first of the most probable ones, where rounding made it a tie.
  mutating func raise(_ predicted: Int, among places: Range<Int>) {
    guard self[places.lowerBound..<predicted].contains(self[predicted]) else { return }
    self[predicted] = self[predicted].nextUp
  }
}
