import Evaluation
import Testing

@Test func aRequirementIsAMetricARelationAndANumber() throws {
  let requirement = try MetricRequirement(" accuracy >= 0.97")
  #expect(requirement.metric == .accuracy)
  #expect(requirement.relation == .atLeast)
  #expect(requirement.bound == 0.97)
  #expect(requirement.isMet(by: 0.97))
  #expect(!requirement.isMet(by: 0.9699))
  #expect(!requirement.isMet(by: .nan))
  #expect(try MetricRequirement("log_loss<0.5").isMet(by: 0.4))
  #expect(try !MetricRequirement("log_loss<0.5").isMet(by: 0.5))
}

@Test(arguments: [
  ("accuracy", "'accuracy' is no requirement: write one such as 'accuracy>=0.97'"),
  ("accuracy=0.9", "'accuracy=0.9': '=' must be one of >=, <=, >, <"),
  ("acuracy>0.9", "'acuracy>0.9': there is no metric 'acuracy'; did you mean 'accuracy'?"),
  ("accuracy>=97%", "'accuracy>=97%': '97%' must be a number"),
  ("accuracy>=97", "'accuracy>=97': accuracy is never above 1.0"),
  ("log_loss<-1", "'log_loss<-1': log_loss is never below 0.0"),
])
func whatIsNoRequirementIsNamed(text: String, message: String) {
  #expect(throws: MetricRequirementError.self) { try MetricRequirement(text) }
  do {
    _ = try MetricRequirement(text)
  } catch {
    #expect(error.description == message)
  }
}

@Test func aMissedBoundIsNamedWithTheValue() throws {
  let values = MetricValues([(.accuracy, 0.965), (.logLoss, 0.123456)])
  #expect(
    try MetricRequirement("accuracy>=0.97").failure(of: values)
      == "accuracy must be at least 0.97, got 0.9650")
  #expect(try MetricRequirement("accuracy>=0.965").failure(of: values) == nil)
  // To four digits it would look as if the bound were kept.
  #expect(
    try MetricRequirement("log_loss<=0.12345").failure(of: values)
      == "log_loss must be at most 0.12345, got 0.1235")
  #expect(
    try MetricRequirement("log_loss<0.12345").failure(of: values)
      == "log_loss must be below 0.12345, got 0.1235")
  #expect(
    try MetricRequirement("accuracy>=0.96500001").failure(
      of: MetricValues([(.accuracy, 0.965000001)]))
      == "accuracy must be at least 0.96500001, got 0.9650")
  #expect(
    try MetricRequirement("accuracy>=0.97").failure(of: MetricValues([(.accuracy, 0.96999)]))
      == "accuracy must be at least 0.97, got 0.96999")
}
