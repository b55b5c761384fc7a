import Evaluation
import PluginKit
import Testing

private let evaluation = ModelEvaluation(
  predictions([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2]),
  classes: ["living room", "corridor", "office"])

@Test func theDocumentHasTheMembersOfTheContract() {
  let json = evaluation.json
  #expect(
    json.members?.map(\.0) == ["version", "rows", "classes", "metrics", "per_class", "confusion"])
  #expect(json["rows"] == .integer(6))
  #expect(json["classes"]?.text == #"["living room","corridor","office"]"#)
  #expect(json["metrics"]?.members?.map(\.0) == Metric.allCases.map(\.rawValue))
  #expect(json["confusion"]?.text == "[[2,1,0],[0,1,1],[0,0,1]]")
  #expect(
    json["per_class"]?.array?.last?.text
      == #"{"class":"office","precision":0.5,"recall":1.0,"f1":0.6666666666666666,"support":1}"#)
}

@Test func weightedCountsAreNotRounded() {
  let weighted = ModelEvaluation(
    predictions([0, 1], [0, 0], classCount: 2, weights: [0.5, 2]), classes: ["a", "b"])
  #expect(weighted.json["confusion"]?.text == "[[0.5,0],[2,0]]")
  #expect(weighted.json["rows"] == .integer(2))
}

@Test func theTextShowsMetricsClassesAndConfusion() {
  #expect(
    evaluation.table(width: 80) == """
      6 rows

      accuracy              0.6667   95 % interval 0.3000 to 0.9032
      balanced accuracy     0.7222
      macro F1              0.6556
      Matthews correlation  0.5222
      quadratic kappa       0.7500
      top-2 accuracy        0.8333
      top-5 accuracy        1.0000
      ROC AUC               0.7861
      average precision     0.5833
      log loss              1.0688
      Brier score           0.2908
      calibration error     0.2333

      class        precision  recall      F1  rows
      ────────────────────────────────────────────
      living room     1.0000  0.6667  0.8000     3
      corridor        0.5000  0.5000  0.5000     2
      office          0.5000  1.0000  0.6667     1

      true \\ predicted  living room  corridor  office
      ───────────────────────────────────────────────
      living room                 2         1       0
      corridor                    0         1       1
      office                      0         0       1

      """)
}

@Test func aMatrixThatIsTooWideBecomesAListOfMistakes() {
  #expect(
    evaluation.table(width: 40) == """
      6 rows

      accuracy              0.6667
      balanced accuracy     0.7222
      macro F1              0.6556
      Matthews correlation  0.5222
      quadratic kappa       0.7500
      top-2 accuracy        0.8333
      top-5 accuracy        1.0000
      ROC AUC               0.7861
      average precision     0.5833
      log loss              1.0688
      Brier score           0.2908
      calibration error     0.2333

      class        recall      F1  rows
      ─────────────────────────────────
      living room  0.6667  0.8000     3
      corridor     0.5000  0.5000     2
      office       1.0000  0.6667     1

      mistakes: class  taken for  rows
      ────────────────────────────────
      living room      corridor      1
      corridor         office        1

      """)
}

@Test(arguments: 40...90)
func noLineOfAnEvaluationIsWiderThanAsked(width: Int) {
  let lines = evaluation.table(width: width).split(separator: "\n")
  #expect(lines.allSatisfy { $0.count <= width })
}
