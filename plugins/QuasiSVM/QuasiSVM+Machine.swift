public import MarginHeads
public import PluginKit

extension QuasiSVMPlugin: MarginMachinePlugin {
  public func marginMachine(
    _ parameters: ParameterValues, columnCount: Int, studySeed: Seed
  ) -> MarginMachine {
    let kernel = parameters[Self.kernel]
    let draw = parameters[Self.draw]
    let count = parameters[Self.outputDim]
    let scale = parameters[Self.scale] ?? kernel.automaticScale(columnCount: columnCount)
    let deviation = { @Sendable (count: Int) in
      kernel.standardDeviation(columnCount: columnCount, featureCount: count)
    }
    let features = RandomFeatures(
      kernel: MarginKernel(
        kernel == .laplacian ? .laplacian : .gaussian, width: scale / deviation(count)),
      distribution: kernel.rawValue, count: count
    ) { other in
      // Where the variance of the weights depends on D, another scale keeps the kernel.
      RandomFourierFeatures(
        kernel: kernel, draw: draw, featureCount: other, columnCount: columnCount,
        scale: scale * deviation(other) / deviation(count), seed: studySeed
      ).projection
    }
    return HeadTraining(parameters).machine(on: .randomFeatures(features))
  }
}
