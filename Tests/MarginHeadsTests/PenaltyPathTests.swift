import MarginHeads
import PluginKit
import Testing

/// Heads of several penalties that share their passes.
@Suite struct PenaltyPathTests {
  /// More rows than the preconditioner takes, so that all its ways are gone; both sides of the first stage.
  private static let penalties = [0.2, 1e-3, 3e-3, 1e-5, 1, 2e-4, 0.01]

  @Test(arguments: MarginLoss.allCases)
  func eachHeadHasTheBitsThatItHasAlone(loss: MarginLoss) throws {
    let clouds = Clouds(rows: 400, columns: 40, classes: 3, seed: 31)
    let joint = try ConvexHeadSolver(loss: loss, penalties: Self.penalties).trainPath(
      clouds.features, labels: clouds.labels, classCount: 3)
    #expect(joint.count == Self.penalties.count)
    for (penalty, together) in zip(Self.penalties, joint) {
      let alone = try ConvexHeadSolver(loss: loss, penalty: penalty).train(
        clouds.features, labels: clouds.labels, classCount: 3)
      #expect(alone.head == together.head, "λ \(penalty)")
      #expect(alone.report == together.report, "λ \(penalty)")
    }
  }

  @Test func penaltiesMayRepeat() throws {
    let clouds = Clouds(rows: 90, columns: 5, classes: 2, seed: 32)
    let joint = try ConvexHeadSolver(loss: .squaredHinge, penalties: [1e-3, 0.5, 1e-3]).trainPath(
      clouds.features, labels: clouds.labels, classCount: 2)
    #expect(joint[0].head == joint[2].head)
    #expect(joint[0].head != joint[1].head)
  }

  /// The work that a fit takes is a count that no machine changes.
  ///
  /// More of it would be a regression of the preconditioner or of the stages. Checkpoints come once for 256
  /// rows of a pass.
  @Test func newtonStepsAndPassesStayFew() throws {
    let clouds = Clouds(rows: 1024, columns: 64, classes: 4, seed: 33)
    let raised = FeatureMatrix(
      rowCount: 1024, columnCount: 64,
      values: clouds.features.values.indices.map {
        // Columns of falling size: a curvature whose eigenvalues span five decades.
        clouds.features.values[$0] * Float(1 / (1 + $0 % 64 * ($0 % 64)))
      })
    var checkpoints = 0
    let (_, report) = try ConvexHeadSolver(loss: .squaredHinge, penalty: 1e-6).train(
      raised, labels: clouds.labels, classCount: 4
    ) { checkpoints += 1 }
    #expect(report.stopping == .converged)
    #expect(report.iterations <= 20, "\(report.iterations) Newton steps")
    #expect(checkpoints <= 600, "\(checkpoints) parts of passes")
  }
}
