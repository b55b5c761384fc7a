import AutoMLCommands

@main
enum Main {
  static func main() async { await AutoMLProgram.main() }
}
