/* The k nearest rows vote: a plugin of automl in C, without any library.
 *
 * The score of class c for a row x is log((v_c + 1/2) / sum_j (v_j + 1/2)), where v_c is the sum of the votes of
 * class c among the k training rows with the least Euclidean distance to x; of equally near rows the first vote.
 * A vote is 1, or k w_i / sum w with w_i = 1 / (distance + 1e-6 times the largest of the k distances + 1e-30).
 *
 * A score costs O(n d) for n training rows of d columns.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

enum { MOST_NUMBERS = 4096 };

/* Rows with their classes, and as a model also how they vote. */
struct rows {
  float *features;
  int32_t *labels; /* NULL where there are none */
  size_t count, columns;
  long classes, neighbors;
  int by_distance;
};

/* What the program calls by number. */
static struct rows data[MOST_NUMBERS], models[MOST_NUMBERS];

static struct rows *numbered(struct rows *table, const struct message *request, const char *name) {
  long number = json_integer(json_member(request->line, name), -1);
  return number < 0 || number >= MOST_NUMBERS ? NULL : &table[number];
}

static void forget(struct rows *rows) {
  free(rows->features);
  free(rows->labels);
  memset(rows, 0, sizeof *rows);
}

static void *copy(const void *bytes, size_t byte_count) {
  void *result = malloc(byte_count ? byte_count : 1);
  if (result) memcpy(result, bytes, byte_count);
  return result;
}

/* Takes the arrays `features` and `labels` out of a message; NULL, or what is wrong. */
static const char *take_rows(struct rows *rows, struct message *request, int needs_labels) {
  struct array *features = find_array(request, "features", "f32");
  struct array *labels = find_array(request, "labels", "i32");
  if (!features) return "there are no features";
  if (labels ? labels->rows != features->rows || labels->columns != 1 : needs_labels) {
    return "there is not one label for each row";
  }
  long classes = json_integer(json_member(request->line, "classes"), 0);
  for (size_t row = 0; labels && row < labels->rows; row++) {
    int32_t label = ((int32_t *)labels->bytes)[row];
    if (label < 0 || label >= classes) return "a label is no class";
  }
  forget(rows);
  rows->count = features->rows;
  rows->columns = features->columns;
  rows->classes = classes;
  rows->features = features->bytes;
  features->bytes = NULL;
  if (labels) {
    rows->labels = labels->bytes;
    labels->bytes = NULL;
  }
  return NULL;
}

static const char *take_votes(struct rows *model, const char *settings) {
  model->neighbors = json_integer(json_member(settings, "neighbors"), 0);
  model->by_distance = json_is(json_member(settings, "votes"), "by-distance");
  if (!model->by_distance && !json_is(json_member(settings, "votes"), "equal")) return "votes is missing";
  return model->neighbors >= 1 ? NULL : "neighbors is missing";
}

/* Leaves no half-made model behind. */
static const char *refuse(struct rows *model, const char *reason) {
  forget(model);
  return reason;
}

/* Verbs: each answers by itself, or returns why it can't be done. */

static const char *fit(struct message *request) {
  struct rows *from = numbered(data, request, "data");
  struct rows *model = numbered(models, request, "model");
  if (!from || !model || !from->labels || from->count == 0) return "there are no such rows";
  forget(model);
  *model = *from;
  model->features = copy(from->features, from->count * from->columns * sizeof(float));
  model->labels = copy(from->labels, from->count * sizeof(int32_t));
  if (!model->features || !model->labels) return refuse(model, "out of memory");
  const char *reason = take_votes(model, json_member(request->line, "parameters"));
  if (reason) return refuse(model, reason);
  write_line("{\"ok\":\"fit\"}");
  return NULL;
}

static const char *save(struct message *request) {
  struct rows *model = numbered(models, request, "model");
  if (!model || !model->labels) return "there is no such model";
  printf(
      "{\"ok\":\"save\",\"state\":{\"neighbors\":%ld,\"votes\":\"%s\"},\"arrays\":["
      "{\"name\":\"features\",\"type\":\"f32\",\"shape\":[%zu,%zu]},"
      "{\"name\":\"labels\",\"type\":\"i32\",\"shape\":[%zu]}]}\n",
      model->neighbors, model->by_distance ? "by-distance" : "equal", model->count, model->columns, model->count);
  write_bytes(model->features, model->count * model->columns * sizeof(float));
  write_bytes(model->labels, model->count * sizeof(int32_t));
  return NULL;
}

static const char *load(struct message *request) {
  struct rows *model = numbered(models, request, "model");
  if (!model) return "there are too many models";
  const char *reason = take_rows(model, request, 1);
  if (reason) return reason;
  if (model->count == 0 || (long)model->columns != json_integer(json_member(request->line, "features"), -1)) {
    return refuse(model, "the model has another number of columns, or no rows");
  }
  reason = take_votes(model, json_member(request->line, "state"));
  if (reason) return refuse(model, reason);
  write_line("{\"ok\":\"load\"}");
  return NULL;
}

struct neighbor {
  double distance; /* squared */
  int32_t label;
};

static size_t voters(const struct rows *model) {
  size_t wanted = (size_t)model->neighbors;
  return wanted < model->count ? wanted : model->count;
}

/* Finds the nearest rows, nearest first, by insertion into a sorted list. */
static size_t find_nearest(const struct rows *model, const float *row, struct neighbor *nearest) {
  size_t most = voters(model), found = 0;
  for (size_t other = 0; other < model->count; other++) {
    const float *features = model->features + other * model->columns;
    double sum = 0;
    for (size_t column = 0; column < model->columns; column++) {
      double difference = (double)row[column] - (double)features[column];
      sum += difference * difference;
    }
    if (found == most && sum >= nearest[found - 1].distance) continue;
    size_t place = found < most ? found++ : found - 1;
    for (; place > 0 && nearest[place - 1].distance > sum; place--) nearest[place] = nearest[place - 1];
    nearest[place] = (struct neighbor){sum, model->labels[other]};
  }
  return found;
}

static void score_row(const struct rows *model, const float *row, struct neighbor *nearest, double *votes, float *scores) {
  size_t found = find_nearest(model, row, nearest);
  double softening = 1e-6 * sqrt(nearest[found - 1].distance) + 1e-30, total = 0;
  for (size_t place = 0; place < found; place++) {
    total += model->by_distance ? 1 / (sqrt(nearest[place].distance) + softening) : 1;
  }
  for (long label = 0; label < model->classes; label++) votes[label] = 0.5;
  for (size_t place = 0; place < found; place++) {
    double vote = model->by_distance ? 1 / (sqrt(nearest[place].distance) + softening) : 1;
    votes[nearest[place].label] += (double)found * vote / total;
  }
  for (long label = 0; label < model->classes; label++) {
    scores[label] = (float)log(votes[label] / ((double)found + 0.5 * (double)model->classes));
  }
}

static const char *answer_scores(struct message *request) {
  const struct rows *model = numbered(models, request, "model");
  const struct rows *rows = numbered(data, request, "data");
  if (!model || !model->labels || !rows || !rows->features) return "there is no such model, or no such rows";
  if (rows->columns != model->columns) return "the rows have another number of columns than the model";
  size_t classes = (size_t)model->classes;
  float *scores = malloc((rows->count * classes + 1) * sizeof *scores);
  double *votes = malloc(classes * sizeof *votes);
  struct neighbor *nearest = malloc(voters(model) * sizeof *nearest);
  const char *reason = scores && votes && nearest ? NULL : "out of memory";
  if (!reason) {
    for (size_t row = 0; row < rows->count; row++) {
      score_row(model, rows->features + row * rows->columns, nearest, votes, scores + row * classes);
    }
    printf(
        "{\"ok\":\"scores\",\"arrays\":[{\"name\":\"scores\",\"type\":\"f32\",\"shape\":[%zu,%zu]}]}\n", rows->count,
        classes);
    write_bytes(scores, rows->count * classes * sizeof *scores);
  }
  free(scores);
  free(votes);
  free(nearest);
  return reason;
}

static const char *keep_data(struct message *request) {
  struct rows *rows = numbered(data, request, "data");
  const char *reason = rows ? take_rows(rows, request, 0) : "there are too many tables";
  if (!reason) write_line("{\"ok\":\"data\"}");
  return reason;
}

static const char *answer_hello(struct message *request) {
  (void)request;
  write_line("{\"ok\":\"hello\",\"protocol\":1}");
  return NULL;
}

static const struct {
  const char *name;
  const char *(*answer)(struct message *);
} verbs[] = {
    {"hello", answer_hello}, {"data", keep_data}, {"fit", fit},
    {"save", save},          {"load", load},      {"scores", answer_scores},
};

/* Answers a request; 0 after the last one. */
static int answer(struct message *request) {
  const char *verb = json_member(request->line, "verb");
  if (json_is(verb, "bye")) return 0;
  for (size_t place = 0; place < sizeof verbs / sizeof verbs[0]; place++) {
    if (!json_is(verb, verbs[place].name)) continue;
    const char *reason = verbs[place].answer(request);
    if (reason) write_error(reason);
    return 1;
  }
  write_line("{\"unsupported\":\"this verb\"}");
  return 1;
}

int main(void) {
  struct message request;
  int goes_on = 1;
  while (goes_on && read_message(&request)) {
    goes_on = answer(&request);
    end_message();
    free_message(&request);
  }
  return 0;
}
