import ExternalPlugins
import Foundation
import PipelineSpec
import PluginKit
import TestSupport
import Testing

/// A bad habit and the reason that it gives a trial.
struct BadHabit: Sendable, CustomTestStringConvertible {
  let name: String
  let habit: String
  var more = ""
  let reason: String

  var testDescription: String { name }
}

private let badHabits = [
  BadHabit(
    name: "ends with a status", habit: "if verb == 'fit': os._exit(3)",
    reason: "the plugin ended with status 3 during fit"),
  BadHabit(
    name: "ends as if nothing were wrong", habit: "if verb == 'save': os._exit(0)",
    reason: "the plugin ended with status 0 during save"),
  BadHabit(
    name: "raises", habit: "if verb == 'fit': raise ValueError('no')",
    reason: "the plugin ended with status 1 during fit"),
  BadHabit(
    name: "crashes", habit: "if verb == 'scores': os.kill(os.getpid(), signal.SIGSEGV)",
    reason: "the plugin was killed by SIGSEGV during scores"),
  BadHabit(
    name: "crashes while rows come", habit: "if verb == 'data': os.abort()",
    reason: "the plugin was killed by SIGABRT during data"),
  BadHabit(
    name: "prints", habit: "if verb == 'fit': print('loading the model', flush=True)",
    reason: "the plugin wrote 'loading the model' to standard output, which is no message"),
  BadHabit(
    name: "prints half a line",
    habit: "if verb == 'fit': sink.write(b'50 %'); sink.flush(); time.sleep(60)",
    reason: "the plugin wrote '50 %' to standard output, which is no message"),
  BadHabit(
    name: "prints escapes",
    habit: "if verb == 'fit': sink.write(b'\\x1b[2J\\xff' + b'x' * 100 + b'\\n'); sink.flush()",
    reason:
      "the plugin wrote ' [2J\u{FFFD}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...' to standard output, which is "
      + "no message"),
  BadHabit(
    name: "sends broken JSON",
    habit: "if verb == 'fit': sink.write(b'{\"ok\": fit}\\n'); sink.flush()",
    reason: "the plugin wrote '{\"ok\": fit}' to standard output, which is no message"),
  BadHabit(
    name: "answers something else", habit: "if verb == 'fit': send({'ok': 'data'}); return True",
    reason: "the plugin sent another message than an answer to fit"),
  BadHabit(
    name: "does not know a verb",
    habit: "if verb == 'save': send({'unsupported': 'save'}); return True",
    reason: "the plugin does not know the verb 'save'"),
  BadHabit(
    name: "answers too few scores",
    habit:
      "if verb == 'scores': send({'ok': 'scores'}, scores=(array('f', [1] * 6), [2, 3])); return True",
    reason: "the plugin answered scores of type f32 and shape [2, 3], expected f32 and [30, 3]"),
  BadHabit(
    name: "answers no scores", habit: "if verb == 'scores': send({'ok': 'scores'}); return True",
    reason: "the plugin answered scores with other arrays than the one 'scores'"),
  BadHabit(
    name: "answers NaN",
    habit:
      "if verb == 'scores': send({'ok': 'scores'}, scores=(array('f', [float('nan')] * 90), [30, 3])); return True",
    reason: "the plugin gave scores that are not finite"),
  BadHabit(
    name: "announces another size",
    habit: """
      if verb == 'scores':
          sink.write(b'{"ok":"scores","arrays":[{"name":"scores","type":"f32","shape":[30,3]}]}\\n')
          sink.write(struct.pack("<Q", 359)); sink.flush(); return True
      """,
    reason: "the plugin announced 359 bytes for the array 'scores', whose shape takes 360"),
  BadHabit(
    name: "announces a size beyond all",
    habit: """
      if verb == 'save':
          sink.write(b'{"ok":"save","arrays":[{"name":"w","type":"f32","shape":[4294967296,4294967296]}]}\\n')
          sink.flush(); return True
      """,
    reason: "the plugin announced arrays in a form that the protocol does not know"),
  BadHabit(
    name: "saves too much",
    habit: """
      if verb == 'save':
          sink.write(b'{"ok":"save","arrays":[{"name":"w","type":"f32","shape":[2000000000]}]}\\n')
          sink.flush(); return True
      """,
    reason: "the plugin saved a state of more than 4 GiB"),
  BadHabit(
    name: "saves two arrays of one name",
    habit: """
      if verb == 'save':
          sink.write(b'{"ok":"save","arrays":[{"name":"w","type":"u8","shape":[0]},{"name":"w","type":"u8","shape":[0]}]}\\n')
          sink.flush(); return True
      """,
    reason: "the plugin saved arrays without names of their own"),
  BadHabit(
    name: "closes standard output",
    habit: "if verb == 'fit': os.close(1); time.sleep(60)",
    reason: "the plugin closed its standard output during fit"),
  BadHabit(
    name: "keeps silent in fit", habit: "if verb == 'fit': time.sleep(60)", more: "timeout: 0.5",
    reason: "the plugin kept silent for 0.5 s during fit"),
  BadHabit(
    name: "keeps silent in scores", habit: "if verb == 'scores': time.sleep(60)",
    more: "timeout: 1",
    reason: "the plugin kept silent for 1 s during scores"),
  BadHabit(
    name: "keeps silent at the start", habit: "if verb == 'hello': time.sleep(60)",
    more: "start_timeout: 1.5", reason: "the plugin kept silent for 1.5 s during hello"),
  BadHabit(
    name: "goes on when it is asked to end",
    habit: "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nif verb == 'fit': time.sleep(60)",
    more: "timeout: 0.5", reason: "the plugin kept silent for 0.5 s during fit"),
  BadHabit(
    name: "is of a later protocol",
    habit: "if verb == 'hello': send({'ok': 'hello', 'protocol': 2}); return True",
    reason: "the plugin speaks protocol 2, and this program knows up to 1"),
  BadHabit(
    name: "says no protocol", habit: "if verb == 'hello': send({'ok': 'hello'}); return True",
    reason: "the plugin answered hello without the version of its protocol"),
  BadHabit(
    name: "refuses to start",
    habit: "if verb == 'hello': send({'error': 'no licence'}); return True",
    reason: "the plugin refused to start: no licence"),
  BadHabit(
    name: "reports nonsense",
    habit: "if verb == 'fit': send({'report': {'epoch': 0}}); return True",
    reason: "the plugin reported an epoch without epoch, training_loss and training_accuracy"),
  BadHabit(
    name: "answers fit with another type",
    habit:
      "if verb == 'fit': send({'ok': 'fit', 'stopping': 'soon'}); models[request['model']] = (array('f', [0] * 6), [3, 2], 'euclidean'); return True",
    reason: "the plugin answered fit with a member of another type"),
  BadHabit(
    name: "says that it has a mistake",
    habit: "if verb == 'fit': send({'error': 'ZeroDivisionError', 'fault': True}); return True",
    reason: "ZeroDivisionError"),
  BadHabit(
    name: "eats memory",
    habit: "if verb == 'fit': hoard = []\nwhile verb == 'fit': hoard.append(bytes(1 << 20))",
    more: "memory: 100MiB",
    reason: "the plugin ended with status 1 during fit, at its memory limit of 100 MiB"),
  BadHabit(
    name: "leaves a child that keeps the output open",
    habit: "if verb == 'fit': subprocess.Popen(['sleep', '600']); os._exit(0)",
    reason:
      "the plugin ended with status 0 during fit, and left processes behind, which were killed"),
]

@Test(arguments: badHabits)
func aBadHabitGivesItsReasonAndLeavesNothing(_ bad: BadHabit) throws {
  let sample = try SamplePlugin(habit: bad.habit, more: bad.more)
  #expect(try sample.fault() == bad.reason)
  // The next one has a fresh process, and the same thing happens to it.
  if !bad.name.contains("silent") { #expect(try sample.fault() == bad.reason) }
  sample.plugin.close()
  #expect(nothingRuns(in: sample.folder))
}

@Test func aProgramThatIsNotThereIsNamed() throws {
  #expect(
    try SamplePlugin(command: "[no-such-program]").fault()
      == "could not start the plugin: there is no 'no-such-program' in PATH")
  let sample = try SamplePlugin(command: "[./train]")
  #expect(
    try sample.fault() == "could not start the plugin: "
      + "'\(sample.folder.path("other"))/train': No such file or directory")
}

@Test func aPluginThatReadsNothingBlocksNobody() throws {
  let sample = try SamplePlugin(
    habit: "if verb == 'hello':\n    send({'ok': 'hello', 'protocol': 1})\n    time.sleep(60)",
    more: "timeout: 1")
  // More than pipes hold.
  #expect(
    try sample.fault(clouds(rows: 300_000, columns: 4))
      == "the plugin kept silent for 1 s during data")
}

@Test func aPluginThatWritesBeforeItHasReadBlocksNobody() throws {
  // Its standard error and output are full before it reads the rows.
  let sample = try SamplePlugin(
    habit: """
      if verb == 'hello':
          send({'ok': 'hello', 'protocol': 1})
          sys.stderr.write('x' * 5_000_000)
          sink.write(b'{"ok": "data", "filler": "' + b'x' * 3_000_000 + b'"}\\n'); sink.flush()
          request, arrays = receive()
          data[1] = {"classes": 3, **arrays}
          return True
      """)
  let data = clouds(rows: 100_000, columns: 4)
  let log = Log()
  let outcome = try sample.train(data, context: log.context)
  #expect(outcome.model.trainableParameterCount == 12)
  #expect(log.text.count == 16 << 10)
}

@Test func aTrialThatIsStoppedEndsItsProcesses() throws {
  let sample = try SamplePlugin(
    habit: "if verb == 'fit': subprocess.Popen(['sleep', '600']); time.sleep(600)")
  let start = ContinuousClock.now
  let context = TrainingContext(
    studySeed: Seed(1), trialSeed: Seed(2),
    interruption: { ContinuousClock.now - start > .seconds(1) ? .outOfTime : nil })
  #expect(throws: TrainingInterruption.outOfTime) { try sample.train(context: context) }
  #expect(nothingRuns(in: sample.folder))
}

@Test func scoringIsStoppedToo() throws {
  let sample = try SamplePlugin(habit: "if verb == 'scores': time.sleep(600)")
  let model = try sample.train().model
  let start = ContinuousClock.now
  #expect(throws: TrainingInterruption.cancelled) {
    try model.scores(for: clouds().features) {
      if ContinuousClock.now - start > .seconds(0.3) { throw TrainingInterruption.cancelled }
    }
  }
  #expect(nothingRuns(in: sample.folder))
}

@Test func aProcessThatEndedWhileItWasIdleIsReplaced() throws {
  let sample = try SamplePlugin(
    habit: "if verb == 'save': answer(verb, request, arrays); sink.flush(); os._exit(0)")
  let data = clouds()
  let model = try sample.train(data).model
  usleep(300_000)
  #expect(try model.scores(for: data.features).predictions == data.labels)
}

@Test func processesEndWithThePlugin() throws {
  let folder = try TemporaryFolder()
  try PluginSample.write(to: folder)
  do {
    let plugin = ExternalPlugin(try PluginFile(folder: folder.path("centre")))
    _ = try plugin.train(
      clouds(), parameters: ParameterValues(plugin.manifest.parameters),
      context: TrainingContext(studySeed: Seed(1), trialSeed: Seed(2)))
    #expect(processes(in: folder).count == 1)
  }
  #expect(nothingRuns(in: folder))
}
