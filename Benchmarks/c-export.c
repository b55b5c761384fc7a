/* Times a C export of a model whose columns are all numbers.
 *
 *   automl export runs/rooms --format c --output model.c
 *   cc -std=c99 -O2 -I. Benchmarks/c-export.c model.c -o c-export -lm && ./c-export
 *
 * Prints microseconds of CPU time a row, the best of 20 repetitions, and the bytes of working memory. The export
 * has to be called model. */
#include "model.h"

#include <stdio.h>
#include <time.h>

enum { ROWS = 8192 };

static model_row rows[ROWS];
static model_work work;

/* Signal strengths between -30 and -90, the same in each run. */
static double signal_strength(void) {
  static unsigned long long state = 1;
  state = state * 6364136223846793005ull + 1442695040888963407ull;
  return -30.0 - (double)(state >> 33) / 2147483648.0 * 60.0;
}

int main(void) {
  double best = 1e9;
  long sum = 0;
  for (int i = 0; i < ROWS; i++) {
    model_number *numbers = (model_number *)&rows[i];
    for (int j = 0; j < MODEL_COLUMN_COUNT; j++) numbers[j] = signal_strength();
  }
  for (int repetition = 0; repetition < 20; repetition++) {
    clock_t start = clock();
    double seconds;
    for (int i = 0; i < ROWS; i++) sum += model_predict(&rows[i], &work, NULL, NULL);
    seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (seconds < best) best = seconds;
  }
  printf(
      "{\"microseconds_per_row\": %.3f, \"work_bytes\": %lu, \"check\": %ld}\n",
      best / ROWS * 1e6, (unsigned long)sizeof work, sum);
  return 0;
}
