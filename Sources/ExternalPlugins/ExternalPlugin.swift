package import PipelineSpec
package import PluginKit

/// A plugin that is a program of its own, with which this one speaks as `plugins/PROTOCOL.md` says.
///
/// Its processes are started when they are needed, and end with the last copy of this value.
package struct ExternalPlugin: ModelPlugin {
  package let file: PluginFile
  private let pool: PluginPool

  package var manifest: PluginManifest { file.manifest }
  package var folder: String? { file.folder }

  /// Makes the plugin of a file; nothing is started yet.
  package init(_ file: PluginFile) {
    self.file = file
    pool = PluginPool(file)
  }

  package func fingerprint() throws -> String? { try fingerprintOfFiles(in: file.folder) }

  /// Ends the processes that are idle; the next request starts a new one.
  package func close() { pool.close() }

  /// Trains in a process, and takes the state of the model out of it.
  ///
  /// - Throws: ``TrainingFailure`` if the plugin refuses, ``PluginFault`` if it fails, or what the context
  ///   throws.
  package func train(
    _ data: TrainingData, parameters: ParameterValues, context: TrainingContext
  ) throws -> TrainingOutcome {
    let session = SessionContext(checkpoint: context.checkpoint, log: context.log)
    let watches = manifest.capabilities.epochs
    do {
      let (answer, saved) = try pool.withSession(
        session, preferring: { $0.holds(data.features) }
      ) { process in
        let rows = try process.send(SessionRows(training: data), session)
        let monitor = try data.monitor.flatMap { monitor in
          watches ? try process.send(SessionRows(monitor: monitor, of: data), session) : nil
        }
        let request = FitRequest(data: rows, monitor: monitor, parameters: parameters)
        return try process.fit(request, context, session)
      }
      return try outcome(answer, saved, data, context)
    } catch let refusal as PluginRefusal {
      throw TrainingFailure(refusal.reason)
    }
  }

  private func outcome(
    _ answer: PluginMessage, _ saved: PluginMessage, _ data: TrainingData,
    _ context: TrainingContext
  ) throws -> TrainingOutcome {
    let count = answer["trainable_parameters"] ?? .integer(0)
    guard let report = TrainingReport(answer), let parameters = count.integer, parameters >= 0
    else {
      throw PluginFault("the plugin answered fit with a member of another type")
    }
    let model = ExternalModel(
      pool: pool, classCount: data.classCount, featureCount: data.features.columnCount,
      trainableParameterCount: parameters, saved: saved, log: context.log)
    return TrainingOutcome(model: model, report: report)
  }

  /// Makes a model of its state, and lets a process load it.
  ///
  /// - Throws: ``ModelStateError``, also where no process could be asked.
  package func load(_ state: ModelState) throws(ModelStateError) -> any TrainedModel {
    do {
      return try restored(state)
    } catch let error as ModelStateError {
      throw error
    } catch {
      throw ModelStateError("\(error)")
    }
  }

  /// Does what ``load(_:)`` does.
  ///
  /// - Throws: ``ModelStateError`` if the plugin refuses the state, ``PluginFault`` if it fails.
  package func restored(_ state: ModelState) throws -> any TrainedModel {
    let model = try ExternalModel(pool: pool, state: state)
    do {
      try model.prepare()
    } catch let refusal as PluginRefusal {
      throw ModelStateError(refusal.reason)
    }
    return model
  }
}
