// What makes features of the columns of a table.
extension CFunction {
  static let category = CFunction(
    """
    typedef struct { const char *text; long outcome; } category;

    /* What a text leads to: a column, or one of the negative numbers. The categories are sorted by bytes. */
    static long outcome_of(
        const char *text, const category *known, size_t count, long missing, long unseen) {
      size_t low = 0, high = count;
      if (!text) return missing;
      while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(text, known[middle].text);
        if (order == 0) return known[middle].outcome;
        if (order < 0) high = middle; else low = middle + 1;
      }
      return unseen;
    }

    /* Writes 1 into the column of an outcome and 0 elsewhere, or NaN everywhere; false if it is refused. */
    static int encode(long outcome, size_t width, double *y) {
      if (outcome == REFUSED) return 0;
      for (size_t j = 0; j < width; j++) y[j] = outcome == MISSING ? NAN : 0.0;
      if (outcome >= 0) y[outcome] = 1.0;
      return 1;
    }
    """)

  static let fill = CFunction(
    """
    static void fill(const double *x, size_t count, const double *values, double *y) {
      for (size_t j = 0; j < count; j++) y[j] = isnan(x[j]) ? values[j] : x[j];
    }
    """)

  static let scale = CFunction(
    """
    static void scale(
        const double *x, size_t count, const double *centres, const double *widths, double *y) {
      for (size_t j = 0; j < count; j++) y[j] = (x[j] - centres[j]) / widths[j];
    }
    """)

  static let select = CFunction(
    """
    static void select_numbers(
        const double *x, const int32_t *columns, size_t count, double *y) {
      for (size_t j = 0; j < count; j++) y[j] = x[columns[j]];
    }
    """)

  static let round = CFunction(
    """
    /* False for a number beyond the range of float and, unless they are allowed, a missing one. */
    static int round_to_float(const double *x, size_t count, int allows_gaps, float *y) {
      for (size_t j = 0; j < count; j++) {
        if (isnan(x[j]) ? !allows_gaps : fabs(x[j]) >= BEYOND_FLOAT) return 0;
        y[j] = (float)x[j];
      }
      return 1;
    }
    """)
}
