#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Metric {
  /// The value of the metric, with the definitions of scikit-learn 1.x, weighted where rows have weights.
  ///
  /// Rows of weight 0 count as absent. Sums are in Double and in row order. Metrics of the predicted classes
  /// take O(n + K²), those of probabilities O(n · K), and those that rank rows O(K · n log n).
  package func value(of predictions: Predictions) -> Double {
    switch declaration.measure {
    case .classes(let figure): figure(ConfusionMatrix(predictions))
    case .rows(let figure): Self.mean(figure, of: predictions)
    case .ranking: RankingFigures(predictions).mean(self)
    case .bins(let figure): figure(CalibrationBins(predictions))
    }
  }

  /// The value of a metric that depends on the predicted classes only; nil for others.
  package func value(of confusion: ConfusionMatrix) -> Double? {
    guard case .classes(let figure) = declaration.measure else { return nil }
    return figure(confusion)
  }

  private static func mean(
    _ figure: (Predictions, Int) -> Double, of predictions: Predictions
  ) -> Double {
    var (sum, total) = (0.0, 0.0)
    for row in 0..<predictions.rowCount {
      sum += predictions.weight(row) * figure(predictions, row)
      total += predictions.weight(row)
    }
    return sum / total
  }
}

// MARK: Of the predicted classes

extension Metric {
  /// The mean recall of the classes that occur among the labels.
  static func balancedAccuracy(of confusion: ConfusionMatrix) -> Double {
    let present = confusion.perClass.filter { $0.support > 0 }
    return present.reduce(0) { $0 + $1.recall } / Double(present.count)
  }

  /// The mean F1 of the classes that occur among the labels or the predictions.
  static func macroF1(of confusion: ConfusionMatrix) -> Double {
    let figures = confusion.perClass
    let occurring = figures.indices.filter {
      figures[$0].support > 0 || confusion.predictedSum(of: $0) > 0
    }
    return occurring.reduce(0) { $0 + figures[$1].f1 } / Double(occurring.count)
  }

  /// The correlation of labels and predictions as indicator vectors, in -1...1; 0 where either is constant.
  ///
  /// Reference: J. Gorodkin, "Comparing two K-category assignments by a K-category correlation
  /// coefficient", Computational Biology and Chemistry 28, 2004, doi:10.1016/j.compbiolchem.2004.09.006.
  static func matthewsCorrelation(of confusion: ConfusionMatrix) -> Double {
    let total = confusion.total
    var (both, labels, predictions) = (confusion.correct * total, total * total, total * total)
    for index in 0..<confusion.classCount {
      let (truth, prediction) = (confusion.support(of: index), confusion.predictedSum(of: index))
      both -= truth * prediction
      labels -= truth * truth
      predictions -= prediction * prediction
    }
    return labels > 0 && predictions > 0 ? both / (labels * predictions).squareRoot() : 0
  }

  /// How far labels and predictions agree beyond chance, where a mistake costs the square of its distance in
  /// the order of the classes; 0 where all labels and predictions are one class.
  ///
  /// Reference: J. Cohen, "Weighted kappa", Psychological Bulletin 70, 1968, doi:10.1037/h0026256.
  static func quadraticKappa(of confusion: ConfusionMatrix) -> Double {
    let classes = 0..<confusion.classCount
    let truths = classes.map { confusion.support(of: $0) }
    let predicted = classes.map { confusion.predictedSum(of: $0) }
    let total = confusion.total
    var (found, byChance) = (0.0, 0.0)
    for truth in classes {
      for prediction in classes {
        let cost = Double((truth - prediction) * (truth - prediction))
        found += cost * confusion[truth, prediction]
        byChance += cost * truths[truth] * predicted[prediction] / total
      }
    }
    return byChance > 0 ? 1 - found / byChance : 0
  }
}

// MARK: Of the probabilities of a row

extension Metric {
  /// `-log p` of the true class.
  ///
  /// Probabilities are clipped to 10⁻¹⁵...1 - 10⁻¹⁵, and each row is then divided by its sum.
  @Sendable static func rowLogLoss(of predictions: Predictions, _ row: Int) -> Double {
    let first = row * predictions.classCount
    var sum = 0.0
    for place in first..<first + predictions.classCount {
      sum += clipped(predictions.probabilities[place])
    }
    return log(sum) - log(clipped(predictions.probabilities[first + Int(predictions.labels[row])]))
  }

  private static func clipped(_ probability: Double) -> Double {
    min(max(probability, 1e-15), 1 - 1e-15)
  }

  /// Half the squared distance of the probabilities from the truth: of two classes, the square of either
  /// one's error.
  ///
  /// Reference: G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather
  /// Review 78, 1950.
  @Sendable static func rowBrierScore(of predictions: Predictions, _ row: Int) -> Double {
    let first = row * predictions.classCount
    var sum = 0.0
    for index in 0..<predictions.classCount {
      let error =
        predictions.probabilities[first + index] - (index == predictions.labels[row] ? 1 : 0)
      sum += error * error
    }
    return sum / 2
  }
}

extension Predictions {
  /// How many classes are before the true one of a row: more probable, or as probable and lower.
  func placeOfLabel(_ row: Int) -> Int {
    let first = row * classCount
    let label = Int(labels[row])
    let own = probabilities[first + label]
    var place = 0
    for index in 0..<classCount where index != label {
      let other = probabilities[first + index]
      if other > own || other == own && index < label { place += 1 }
    }
    return place
  }
}
