import ArgumentParser

@main
struct AutoML: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "automl", version: "0.1.0")
}
