import PluginKit

/// What must not change a model, by a single byte.
let repetitionPromises: [PluginPromise] = [
  PluginPromise(
    PluginPromise.sameSeed,
    advice: "draw all random numbers from the seeds of the training, and sum in a fixed order",
    after: [PluginPromise.ordinaryTable]
  ) { subject in
    let states = try (0..<2).map { _ in try subject.training().run().model.state() }
    let first = try subject.state
    return states.allSatisfy(first.isIdentical)
      ? .kept("three trainings gave the same \(first.byteCount) bytes")
      : .broken(["three trainings with the same data and seeds gave different models"])
  },
  PluginPromise(
    PluginPromise.earlierTrainings, advice: "keep nothing from one training to the next",
    after: [PluginPromise.ordinaryTable, PluginPromise.sameSeed]
  ) { subject in
    var other = subject.training(on: blobs(rows: 33, columns: 5, classes: 2))
    other.studySeed = 99
    other.trialSeed = 98
    _ = try? other.run()
    return try subject.training().run().model.state().isIdentical(to: subject.state)
      ? .kept("the same bytes after a training on another table")
      : .broken(["after a training on another table the same training gives another model"])
  },
  .repeatable(
    "trainings-side-by-side-change-no-byte",
    advice: "share nothing that changes between trainings: two workers train at once"
  ) { subject in
    let states = try await withThrowingTaskGroup(of: ModelState.self) { group in
      for _ in 0..<2 { group.addTask { try subject.training().run().model.state() } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    return states.allSatisfy(try subject.state.isIdentical)
      ? .kept("two trainings at the same time gave the same bytes")
      : .broken(["two trainings at the same time give another model than one after the other"])
  },
  .repeatable(
    "threads-change-no-byte",
    advice: "divide work by the data, never by the number of threads, and sum in a fixed order"
  ) { subject in
    var training = subject.training(on: blobs(rows: 500, columns: 6, classes: subject.classCount))
    let first = try training.run().model.state()
    training.threads = 2
    return try training.run().model.state().isIdentical(to: first)
      ? .kept("one thread and two gave the same bytes")
      : .broken(["two threads give another model than one"])
  },
  .repeatable(
    "the-cache-changes-no-byte",
    advice: "put everything that a cached value depends on into its key"
  ) { subject in
    let corners = subject.plugin.corners
    for limit in [0, 1 << 30] {
      var training = subject.training()
      training.cache = SharedCache(byteLimit: limit)
      // Other trials of a study have other seeds and other parameters.
      for corner in [corners.first, corners.last].compactMap({ $0 }) {
        var other = training
        other.trialSeed = 7
        other.values.merge(corner.values) { $1 }
        _ = try? other.run()
      }
      for _ in 0..<2 where try !training.run().model.state().isIdentical(to: subject.state) {
        return .broken(["what is found in the cache gives another model than what is computed"])
      }
    }
    return .kept("after other settings and seeds the same bytes, with a cache and without")
  },
  .repeatable(
    "rows-to-watch-change-no-byte",
    advice: "use the rows to watch for the curves of epochs only"
  ) { subject in
    let others = blobs(rows: 20, classes: subject.classCount, seed: 8)
    let watched = subject.table.monitoring(
      LabelledRows(features: others.features, labels: others.labels))
    return try subject.training(on: watched).run().model.state().isIdentical(to: subject.state)
      ? .kept("20 rows to watch gave the same bytes as none")
      : .broken(["something is learnt from the rows to watch"])
  },
  .repeatable(
    "the-input-is-not-changed",
    advice: "copy the rows before changing them"
  ) { subject in
    let data = blobs(rows: 64, columns: 4, classes: subject.classCount)
    let before = data.features.values.map(\.bitPattern)
    let states = try (0..<2).map { _ in
      let model = try subject.training(on: data).run().model
      let state = model.state()
      _ = try model.scores(for: data.features)
      return state
    }
    return data.features.values.map(\.bitPattern) == before && states[1].isIdentical(to: states[0])
      ? .kept("rows that were trained and scored twice stayed as they were")
      : .broken(["the second training on the same rows finds other rows than the first"])
  },
]
