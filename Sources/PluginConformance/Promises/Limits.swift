import PluginKit
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What training promises about its end from outside.
let limitPromises: [PluginPromise] = [
  .trained(
    "an-interruption-ends-training-as-it-is",
    advice:
      "let the error of a checkpoint pass; end with what there is where the protocol says stop"
  ) { subject in
    var findings: [String] = []
    var asked = 0
    for (interruption, name) in [
      (TrainingInterruption.cancelled, "cancellation"), (.outOfTime, "deadline"),
    ] {
      for limit in [1, 2, 5] {
        let counter = Counter()
        do {
          _ = try subject.training(on: blobs(rows: 300, classes: subject.classCount)).run(
            interruption: { counter.next() >= limit ? interruption : nil })
          if counter.value >= limit {
            findings.append("training went on after a \(name) at checkpoint \(limit)")
          }
        } catch let error as TrainingInterruption where error == interruption {
          asked += 1
        } catch {
          findings.append("a \(name) at checkpoint \(limit) became: \(subject.inWords(error))")
        }
      }
    }
    return .broken(
      by: findings,
      otherwise: asked == 0
        ? "a training of 300 rows is over before it asks"
        : "\(asked) of 6 trainings were ended"
          + (asked < 6 ? ", the others were over before" : ""))
  },
  .trained(
    "long-trainings-ask-whether-to-go-on",
    advice: "call the checkpoint at least every tenth of a second, in all long loops"
  ) { subject in
    let stopwatch = CheckpointStopwatch()
    let data = blobs(rows: 2_000, columns: 10, classes: subject.classCount)
    do {
      _ = try subject.training(on: data).run(interruption: {
        stopwatch.ask() > 5 ? .cancelled : nil
      })
    } catch is TrainingFailure {
      return .untested("training on \(data.inWords) is refused")
    } catch TrainingInterruption.cancelled {
    }
    stopwatch.ask()
    let longest = stopwatch.longest
    return longest > 1
      ? .broken(["training computed for \(Int(longest.rounded())) s without asking"])
      : .kept("no second of computing without asking, on \(data.inWords)")
  },
]

/// Measures the computing time of this thread between two checkpoints.
///
/// A thread's own time does not depend on what else the machine does.
private final class CheckpointStopwatch: Sendable {
  private let state: Mutex<(start: Double, last: Double, longest: Double)>

  init() {
    let now = threadSeconds()
    state = Mutex((now, now, 0))
  }

  /// Notes a checkpoint.
  ///
  /// - Returns: The computing time since the start, in seconds.
  @discardableResult
  func ask() -> Double {
    let now = threadSeconds()
    return state.withLock { state in
      state.longest = max(state.longest, now - state.last)
      state.last = now
      return now - state.start
    }
  }

  /// The longest computing between two checkpoints, in seconds.
  var longest: Double { state.withLock(\.longest) }

}

/// The computing time of this thread so far, in seconds.
package func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
