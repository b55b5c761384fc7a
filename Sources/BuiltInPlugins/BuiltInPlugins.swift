import Baseline
import ExtraTrees
import KernelSVM
import LinearSVM
import MLPSVM
import NearestNeighbours
package import PluginKit
import QuasiSVM

/// A registry of every plugin in the folder `plugins`.
///
/// Static registration would need nothing here, but the linker drops what nobody names.
///
/// - Throws: `RegistryError` if two plugins have the same id, or one is made for a later program.
package func builtInPlugins() throws(RegistryError) -> PluginRegistry {
  var registry = PluginRegistry()
  try registry.register(BaselinePlugin())
  try registry.register(ExtraTreesPlugin())
  try registry.register(KernelSVMPlugin())
  try registry.register(LinearSVMPlugin())
  try registry.register(MLPSVMPlugin())
  try registry.register(NearestNeighboursPlugin())
  try registry.register(QuasiSVMPlugin())
  return registry
}
