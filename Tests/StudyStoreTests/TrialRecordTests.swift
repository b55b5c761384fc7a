import PluginKit
import StudyStore
import Testing

@Test func onlyACompleteTrialHasAResult() {
  #expect(smallRecord(1).result != nil)
  for number in 4...6 { #expect(smallRecord(number).result?.modelBytes == nil) }
}

@Test(arguments: 0..<14) func aRecordIsReadBackAsItWas(number: Int) throws {
  let record = smallRecord(number)
  #expect(everything(in: TrialRecord(json: record.json)) == everything(in: record))
}

@Test func aDocumentWithAMissingMemberIsNoRecord() throws {
  let members = try #require(smallRecord(3).json.members)
  for (name, _) in members where name != "reason" {
    #expect(
      TrialRecord(json: .object(members.filter { $0.0 != name }))?.number == nil,
      "without \(name)")
  }
}
