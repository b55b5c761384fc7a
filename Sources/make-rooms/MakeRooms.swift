import ArgumentParser

@main
struct MakeRooms: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "make-rooms")
}
