// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "library",
  dependencies: [.package(name: "automl", path: "../..")],
  targets: [
    .executableTarget(
      name: "predict-rows", dependencies: [.product(name: "AutoMLModel", package: "automl")])
  ]
)
