// Models that hold training rows or trees.
extension CFunction {
  static let votes = CFunction(
    """
    typedef struct {
      size_t rows, columns;
      int classes, is_absolute, by_nearness;
      double wanted, voters;
      const float *values, *weights;
      const unsigned short *labels;
    } neighbours;

    /* The distance of x and a row: columns are summed in eight lanes, so that equal distances are found equal. */
    static float key_of(const neighbours *n, const float *x, const float *row) {
      float lanes[8] = {0.0f}, sum;
      for (size_t j = 0; j < n->columns; j++) {
        float difference = x[j] - row[j];
        lanes[j % 8] += n->is_absolute ? fabsf(difference) : difference * difference;
      }
      sum = lanes[0];
      for (int lane = 1; lane < 8; lane++) sum += lanes[lane];
      return sum;
    }

    /* The weight of the rows with one key. */
    static double weight_at(const neighbours *n, const float *keys, float key) {
      double weight = 0.0;
      for (size_t i = 0; i < n->rows; i++) if (keys[i] == key) weight += n->weights[i];
      return weight;
    }

    static double importance_of(const neighbours *n, float key, float nearest) {
      if (!n->by_nearness || key == nearest) return 1.0;
      return n->is_absolute ? (double)nearest / key : (double)sqrtf(nearest) / sqrtf(key);
    }

    /* The votes of the nearest rows, which go outwards key by key until enough of them are reached. */
    static void neighbour_votes(
        const neighbours *n, const float *x, float *keys, double *votes, float *y) {
      float nearest = INFINITY, reach = -1.0f;
      double inner = 0.0, border, sum = 0.0;
      for (size_t i = 0; i < n->rows; i++) {
        keys[i] = key_of(n, x, n->values + i * n->columns);
        if (keys[i] < nearest) nearest = keys[i];
      }
      for (;;) {
        float next = INFINITY;
        for (size_t i = 0; i < n->rows; i++)
          if (keys[i] > reach && keys[i] < next) next = keys[i];
        border = weight_at(n, keys, next);
        reach = next;
        if (next == INFINITY || inner + border >= n->wanted) break;
        inner += border;
      }
      border = border > 0.0 ? (n->wanted - inner) / border : 0.0;
      if (border > 1.0) border = 1.0;
      for (int k = 0; k < n->classes; k++) votes[k] = 0.0;
      for (size_t i = 0; i < n->rows; i++)
        if (keys[i] <= reach)
          votes[n->labels[i]] += (keys[i] < reach ? 1.0 : border) * n->weights[i]
                                 * importance_of(n, keys[i], nearest);
      for (int k = 0; k < n->classes; k++) sum += votes[k];
      for (int k = 0; k < n->classes; k++) y[k] = (float)(n->voters * votes[k] / sum);
    }
    """)

  static let trees = CFunction(
    """
    /* A split with its two children or, with column -1, a leaf with the number of its values. */
    typedef struct { float threshold; int32_t column, first, second; } tree_node;

    /* Sums the leaves that x comes to; where a value is missing, `missing_first` says which child is next. */
    static void sum_of_trees(
        const float *x, const tree_node *nodes, const unsigned char *missing_first,
        const int32_t *roots, size_t trees, const float *leaves, size_t width, double *sums, float *y) {
      for (size_t k = 0; k < width; k++) sums[k] = 0.0;
      for (size_t tree = 0; tree < trees; tree++) {
        int32_t node = roots[tree];
        while (nodes[node].column >= 0) {
          float value = x[nodes[node].column];
          int goes_first = isnan(value) ? missing_first[node] : value <= nodes[node].threshold;
          node = goes_first ? nodes[node].first : nodes[node].second;
        }
        for (size_t k = 0; k < width; k++) sums[k] += leaves[(size_t)nodes[node].first * width + k];
      }
      for (size_t k = 0; k < width; k++) y[k] = (float)sums[k];
    }
    """)
}
