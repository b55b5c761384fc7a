// What makes scores of features.
extension CFunction {
  static let selectFloats = CFunction(
    """
    static void select_floats(
        const float *x, const int32_t *columns, size_t count, float *y) {
      for (size_t j = 0; j < count; j++) y[j] = x[columns[j]];
    }
    """)

  static let affine = CFunction(
    """
    /* y = x W + b; the sum of each y goes over the inputs in order. */
    static void affine(
        const float *restrict x, size_t inputs, const float *restrict weights,
        const float *restrict biases, size_t outputs, float *restrict y) {
      for (size_t k = 0; k < outputs; k++) y[k] = biases[k];
      for (size_t j = 0; j < inputs; j++) {
        const float *w = weights + j * outputs;
        for (size_t k = 0; k < outputs; k++) y[k] += x[j] * w[k];
      }
    }
    """)

  static let affineBlocks = CFunction(
    """
    /* y = x W + b; blocks of 16 inputs are summed in float, and the blocks in double. */
    static void affine_blocks(
        const float *restrict x, size_t inputs, const float *restrict weights,
        const float *restrict biases, size_t outputs, float *restrict y, double *restrict sums) {
      for (size_t k = 0; k < outputs; k++) sums[k] = biases[k];
      for (size_t from = 0; from < inputs; from += 16) {
        size_t end = from + 16 < inputs ? from + 16 : inputs;
        for (size_t k = 0; k < outputs; k++) y[k] = 0.0f;
        for (size_t j = from; j < end; j++) {
          const float *w = weights + j * outputs;
          for (size_t k = 0; k < outputs; k++) y[k] += x[j] * w[k];
        }
        for (size_t k = 0; k < outputs; k++) sums[k] += y[k];
      }
      for (size_t k = 0; k < outputs; k++) y[k] = (float)sums[k];
    }
    """)

  static let affineDots = CFunction(
    """
    /* y = x W + b for many inputs and few outputs: eight sums side by side in float over 64 inputs at a time,
     * and these in double. The weights are stored output after output. */
    static void affine_dots(
        const float *restrict x, size_t inputs, const float *restrict weights,
        const float *restrict biases, size_t outputs, float *restrict y) {
      for (size_t k = 0; k < outputs; k++) {
        const float *w = weights + k * inputs;
        double sum = biases[k];
        for (size_t j = 0; j < inputs;) {
          size_t end = inputs - j < 64 ? inputs : j + 64;
          float lanes[8] = {0.0f};
          for (; j + 8 <= end; j += 8)
            for (size_t lane = 0; lane < 8; lane++) lanes[lane] += x[j + lane] * w[j + lane];
          for (; j < end; j++) lanes[0] += x[j] * w[j];
          for (size_t lane = 0; lane < 8; lane++) sum += lanes[lane];
        }
        y[k] = (float)sum;
      }
    }
    """)

  static let turns = CFunction(
    """
    /* What is left of so many turns after whole ones: within -1/2 and 1/2. */
    static float fraction_of(float turns) {
      turns = turns < 4194304.0f ? (turns > -4194304.0f ? turns : -4194304.0f) : 4194304.0f;
      return turns - (float)(int32_t)(turns + (turns < 0.0f ? -0.5f : 0.5f));
    }
    """)

  static let cosine = CFunction(
    """
    /* cos(2 pi x) by a polynomial of degree 6 in the square, to about 3e-7. */
    static void cosine_of_turns(const float *x, size_t count, float *y) {
      for (size_t j = 0; j < count; j++) {
        float r = fraction_of(x[j]), u = r * r, p = 6.52991103f;
        p = p * u - 25.9685446f;
        p = p * u + 60.1678990f;
        p = p * u - 85.4501747f;
        p = p * u + 64.9391196f;
        p = p * u - 19.7392045f;
        y[j] = p * u + 1.0f;
      }
    }
    """)

  static let sine = CFunction(
    """
    /* sin(2 pi x) by a polynomial, to about 3e-7. */
    static void sine_of_turns(const float *x, size_t count, float *y) {
      for (size_t j = 0; j < count; j++) {
        float r = fraction_of(x[j]), u = r * r, p = 3.20076067f;
        p = p * u - 14.8694908f;
        p = p * u + 42.0164457f;
        p = p * u - 76.7015941f;
        p = p * u + 81.6050278f;
        p = p * u - 41.3416972f;
        y[j] = r * (p * u + 6.28318527f);
      }
    }
    """)

  static let softmax = CFunction(
    """
    static void softmax(const float *x, size_t count, double inverse_temperature, float *y) {
      float largest = x[0];
      double sum = 0.0;
      for (size_t j = 1; j < count; j++) if (x[j] > largest) largest = x[j];
      for (size_t j = 0; j < count; j++) {
        y[j] = expf((float)(inverse_temperature * ((double)x[j] - (double)largest)));
        sum += y[j];
      }
      for (size_t j = 0; j < count; j++) y[j] = (float)(y[j] / sum);
    }
    """)

  static let squaredDistances = CFunction(
    """
    /* Sums of squared differences to rows that are stored column after column. */
    static void squared_distances(
        const float *restrict x, size_t columns, const float *restrict rows, size_t count,
        float *restrict y) {
      for (size_t i = 0; i < count; i++) y[i] = 0.0f;
      for (size_t j = 0; j < columns; j++) {
        const float *row = rows + j * count;
        for (size_t i = 0; i < count; i++) {
          float difference = x[j] - row[i];
          y[i] += difference * difference;
        }
      }
    }
    """)

  static let absoluteDistances = CFunction(
    """
    /* Sums of absolute differences to rows that are stored column after column. */
    static void absolute_distances(
        const float *restrict x, size_t columns, const float *restrict rows, size_t count,
        float *restrict y) {
      for (size_t i = 0; i < count; i++) y[i] = 0.0f;
      for (size_t j = 0; j < columns; j++) {
        const float *row = rows + j * count;
        for (size_t i = 0; i < count; i++) y[i] += fabsf(x[j] - row[i]);
      }
    }
    """)

  static let powerLessOne = CFunction(
    """
    /* exp(-rate * y) - 1 in place: 2^n (2^r - 1) + (2^n - 1), where 2^r - 1 is r times a polynomial. */
    static void power_less_one(float *y, size_t count, float rate) {
      for (size_t i = 0; i < count; i++) {
        float t = y[i] * rate, r, p, power;
        int32_t n, bits;
        t = t > -126.0f ? t : -126.0f;
        n = (int32_t)(t - 0.5f);
        r = t - (float)n;
        p = 0.000154034953f;
        p = p * r + 0.00133907354f;
        p = p * r + 0.00961823755f;
        p = p * r + 0.0555035743f;
        p = p * r + 0.240226498f;
        p = p * r + 0.693147188f;
        bits = (n + 127) * 8388608;
        memcpy(&power, &bits, sizeof power);
        y[i] = power * (p * r) + (power - 1.0f);
      }
    }
    """)

  static let largest = CFunction(
    """
    static int place_of_largest(const float *x, int count) {
      int best = 0;
      for (int k = 1; k < count; k++) if (x[k] > x[best]) best = k;
      return best;
    }
    """)
}
