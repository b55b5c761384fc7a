// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Model plugins: one folder under plugins/, one test folder under Tests/.
///
/// Every plugin sees `PluginKit`; the margin classifiers share the losses and solvers of `MarginHeads`.
let pluginNames = [
  "Baseline", "ExtraTrees", "KernelSVM", "LinearSVM", "MLPSVM", "NearestNeighbours", "QuasiSVM",
]

let pluginTargets: [Target] = pluginNames.flatMap { name -> [Target] in
  [
    .target(
      name: name, dependencies: ["PluginKit", "MarginHeads"], path: "plugins/\(name)",
      exclude: ["README.md"], swiftSettings: strict),
    .testTarget(
      name: "\(name)Tests",
      dependencies: [.target(name: name), "PluginKit", "MarginHeads", "TestSupport"],
      swiftSettings: strict),
  ]
}

/// The stages of the data: a library in Sources/ and its tests in Tests/, which may need more and may have files.
func stage(
  _ name: String, _ dependencies: [Target.Dependency] = [],
  testDependencies: [Target.Dependency] = [], testFiles: [String] = []
) -> [Target] {
  [
    .target(name: name, dependencies: dependencies, swiftSettings: strict),
    .testTarget(
      name: "\(name)Tests",
      dependencies: [.target(name: name), "TestSupport"] + dependencies + testDependencies,
      exclude: testFiles, swiftSettings: strict),
  ]
}

/// Release builds carry the Swift runtime, so that `automl` starts in milliseconds and runs anywhere.
///
/// Of Foundation the templates of reports need all; a library stands before those that it needs.
let staticRuntime: [LinkerSetting] =
  [.unsafeFlags(["-static-stdlib"], .when(platforms: [.linux], configuration: .release))]
  + [
    "CoreFoundation", "_FoundationICU", "_FoundationCollections", "_FoundationCShims",
    "swiftSynchronization",
  ].map { .linkedLibrary($0, .when(platforms: [.linux], configuration: .release)) }

let systemLibraries: [Target] = [
  .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
  .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
]

let foundations: [Target] =
  [
    .target(
      name: "CKernels",
      cSettings: [.unsafeFlags(["-O3", "-fno-math-errno", "-Wall", "-Wextra", "-Wno-psabi"])]),
    .target(name: "CProcess", cSettings: [.unsafeFlags(["-Wall", "-Wextra"])]),
  ]
  + [
    .target(
      name: "CTableText", cSettings: [.unsafeFlags(["-O3", "-Wall", "-Wextra"])]),
    .target(name: "CSHA256", cSettings: [.unsafeFlags(["-O3", "-Wall", "-Wextra"])]),
  ]
  + stage("PluginKit", ["CKernels"])
  + stage("SystemFiles", ["CSHA256"], testDependencies: ["PluginKit"])
  + stage("MarginHeads", ["PluginKit"])

let tables: [Target] =
  [.target(name: "TableColumns", dependencies: ["PluginKit"], swiftSettings: strict)]
  + stage("TabularData", ["PluginKit", "SystemFiles", "TableColumns", "CTableText", "CZlib"])
  + stage("Preprocessing", ["PluginKit", "TableColumns"], testDependencies: ["TabularData"])

let planning: [Target] =
  stage("HyperparameterSearch", ["PluginKit"])
  + stage("Evaluation", ["PluginKit"])
  + stage("EnsembleSelection", ["PluginKit", "Evaluation"])
  + stage(
    "SVMCheck", ["PluginKit", "MarginHeads", "Evaluation"], testDependencies: ["BuiltInPlugins"])
  + stage("Explanation", ["PluginKit", "TableColumns", "Evaluation"])
  + stage(
    "PipelineSpec",
    [
      "PluginKit", "SystemFiles", "CLibYAML", "TabularData", "Preprocessing", "ModelFormats",
      "HyperparameterSearch", "Evaluation", "EnsembleSelection",
    ])

let keeping: [Target] =
  stage("StudyStore", ["PluginKit", "SystemFiles", "Evaluation", "CSQLite"])
  + stage(
    "ModelExport", ["PluginKit", "SystemFiles", "TableColumns", "Preprocessing", "Evaluation"],
    testDependencies: ["BuiltInPlugins", "Engine", "TabularData"], testFiles: ["Golden"])
  + stage(
    "ModelFormats",
    ["PluginKit", "SystemFiles", "TableColumns", "Preprocessing", "Evaluation", "ModelExport"],
    testDependencies: ["BuiltInPlugins", "TabularData"])
  + [
    .target(
      name: "Report",
      dependencies: [
        "PluginKit", "Evaluation", .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.embedInCode("Templates")], swiftSettings: strict),
    .testTarget(
      name: "ReportTests", dependencies: ["Report", "PluginKit", "Evaluation", "TestSupport"],
      swiftSettings: strict),
  ]

let joining: [Target] =
  stage(
    "Engine",
    [
      "PluginKit", "SystemFiles", "TabularData", "Preprocessing", "HyperparameterSearch",
      "Evaluation", "EnsembleSelection", "SVMCheck", "Explanation", "PipelineSpec", "StudyStore",
      "ModelExport", "Report",
    ])
  + stage("ExternalPlugins", ["CProcess", "PluginKit", "SystemFiles", "PipelineSpec"])
  + stage("RoomSimulation", ["PluginKit"])
  + stage("PluginConformance", ["PluginKit"])
  + [
    .target(
      name: "PluginScaffold", dependencies: ["PluginKit", "SystemFiles"],
      resources: [.embedInCode("Templates")], swiftSettings: strict)
  ]
  + stage(
    "BuiltInPlugins", ["PluginKit"] + pluginNames.map { .target(name: $0) },
    testDependencies: ["PluginConformance"])
  + stage(
    "AutoMLModel",
    [
      "PluginKit", "SystemFiles", "TableColumns", "Preprocessing", "ModelExport",
      "BuiltInPlugins",
    ], testDependencies: ["Evaluation"])

let program: [Target] = [
  .target(
    name: "AutoMLCommands",
    dependencies: [
      "PluginKit", "SystemFiles", "TabularData", "Preprocessing", "Evaluation", "PipelineSpec",
      "StudyStore", "ModelExport", "ModelFormats", "SVMCheck", "Engine", "BuiltInPlugins",
      "ExternalPlugins",
      "PluginConformance", "PluginScaffold",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "Sources/automl", exclude: ["Program"], swiftSettings: strict),
  .executableTarget(
    name: "automl", dependencies: ["AutoMLCommands"], path: "Sources/automl/Program",
    swiftSettings: strict, linkerSettings: staticRuntime),
  .executableTarget(
    name: "make-rooms",
    dependencies: [
      "PluginKit", "RoomSimulation",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    swiftSettings: strict, linkerSettings: staticRuntime),
  .executableTarget(
    name: "read-table", dependencies: ["TabularData"], path: "Benchmarks/read-table",
    swiftSettings: strict, linkerSettings: staticRuntime),
  .executableTarget(
    name: "predict-speed",
    dependencies: ["PluginKit", "SystemFiles", "ModelExport", "BuiltInPlugins"],
    path: "Benchmarks/predict-speed", swiftSettings: strict, linkerSettings: staticRuntime),
  .target(
    name: "TestSupport", dependencies: ["PluginKit"], path: "Tests/TestSupport",
    swiftSettings: strict),
  // The kernels without clones for other processors, which tests hold the others to.
  .target(
    name: "CBaselineKernels", dependencies: ["CKernels"], path: "Tests/CBaselineKernels",
    cSettings: [.unsafeFlags(["-O2", "-fno-math-errno", "-Wall", "-Wextra", "-Wno-psabi"])]),
  .testTarget(
    name: "CKernelsTests", dependencies: ["CKernels", "CBaselineKernels", "PluginKit"],
    swiftSettings: strict),
  .testTarget(name: "TestSupportTests", dependencies: ["TestSupport"], swiftSettings: strict),
  .testTarget(
    name: "AutoMLTests", dependencies: ["PluginKit", "TestSupport"], swiftSettings: strict
  ),
]

let package = Package(
  name: "automl",
  products: [
    .executable(name: "automl", targets: ["automl"]),
    .library(name: "PluginKit", targets: ["PluginKit"]),
    .library(name: "AutoMLModel", targets: ["AutoMLModel"]),
    .library(name: "AutoMLCommands", targets: ["AutoMLCommands"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
  ],
  targets: systemLibraries + foundations + pluginTargets + tables + planning + keeping + joining
    + program
)
