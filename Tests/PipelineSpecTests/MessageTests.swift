import Testing

@Test func fiveMistakesGiveFiveMessagesInTheOrderOfTheFile() throws {
  let text = """
    version: 1
    data:
      source: rooms.csv
      target: room
    models:
      - use: quasi-svn
      - use: quasi-svm
        name: fourier
        with: {l2: -1, kernel: gausian}
        tune:
          outputdim: {min: 64, max: 4822, log: true}
    search: {trials: -5}

    """
  #expect(
    try messages(text) == """
      pipelines/toy.yaml:6:10: error: models[0].use names no plugin: 'quasi-svn'
          6 |   - use: quasi-svn
            |          ^~~~~~~~~ did you mean 'quasi-svm'? there are: quasi-svm, linear-svm, mlp-svm
      pipelines/toy.yaml:9:16: error: models[1].with.l2 must be a number from 0.0 to 100.0, got -1
          9 |     with: {l2: -1, kernel: gausian}
            |                ^~
      pipelines/toy.yaml:9:28: error: models[1].with.kernel must be one of gaussian, laplacian, got 'gausian'
          9 |     with: {l2: -1, kernel: gausian}
            |                            ^~~~~~~ did you mean 'gaussian'?
      pipelines/toy.yaml:11:7: error: unknown key 'outputdim' in models[1].tune
         11 |       outputdim: {min: 64, max: 4822, log: true}
            |       ^~~~~~~~~ did you mean 'output_dim'? quasi-svm tunes: kernel, loss, output_dim, scale, l2, epochs, solver, orthogonal
      pipelines/toy.yaml:12:18: error: search.trials must be at least 1, got -5
         12 | search: {trials: -5}
            |                  ^~
      5 errors; nothing was run

      """)
}
