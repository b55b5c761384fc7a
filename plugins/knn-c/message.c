#define _POSIX_C_SOURCE 200809L
#include "message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void give_up(const char *reason) {
  fprintf(stderr, "knn-c: %s\n", reason);
  exit(1);
}

/* JSON, as far as a reader needs it that knows what it looks for: values are found, not converted. */

static const char *skip_space(const char *text) {
  while (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r') text++;
  return text;
}

static const char *skip_string(const char *text) {
  for (text++; *text && *text != '"'; text++) {
    if (*text == '\\' && text[1]) text++;
  }
  return *text ? text + 1 : text;
}

static const char *skip_value(const char *text) {
  int depth = 0;
  for (text = skip_space(text); *text;) {
    if (*text == '"') {
      text = skip_string(text);
    } else if (*text == '{' || *text == '[') {
      depth++;
      text++;
    } else if (*text == '}' || *text == ']') {
      if (depth == 0) break; /* the end of what holds the value */
      depth--;
      text++;
    } else if (*text == ',' && depth == 0) {
      break;
    } else {
      text++;
    }
    if (depth == 0 && (text[-1] == '}' || text[-1] == ']' || text[-1] == '"')) break;
  }
  return text;
}

const char *json_member(const char *object, const char *name) {
  size_t length = strlen(name);
  if (!object) return NULL;
  object = skip_space(object);
  if (*object != '{') return NULL;
  for (object = skip_space(object + 1); *object == '"';) {
    const char *key = object + 1;
    const char *end = skip_string(object);
    const char *value = skip_space(end);
    if (*value != ':') return NULL;
    value = skip_space(value + 1);
    if ((size_t)(end - key) == length + 1 && memcmp(key, name, length) == 0) return value;
    object = skip_space(skip_value(value));
    if (*object != ',') return NULL;
    object = skip_space(object + 1);
  }
  return NULL;
}

long json_integer(const char *value, long otherwise) {
  char *end;
  if (!value) return otherwise;
  long number = strtol(value, &end, 10);
  return end == value || *end == '.' || *end == 'e' ? otherwise : number;
}

int json_is(const char *value, const char *word) {
  size_t length = strlen(word);
  return value && value[0] == '"' && strncmp(value + 1, word, length) == 0 && value[1 + length] == '"';
}

static void copy_word(char *target, size_t size, const char *value) {
  size_t length = 0;
  if (value && *value == '"') {
    for (value++; value[length] && value[length] != '"' && length + 1 < size; length++) target[length] = value[length];
  }
  target[length] = 0;
}

/* Arrays */

static size_t element_size(const char *type) {
  if (strcmp(type, "u8") == 0) return 1;
  if (strcmp(type, "f32") == 0 || strcmp(type, "i32") == 0) return 4;
  if (strcmp(type, "f64") == 0 || strcmp(type, "i64") == 0) return 8;
  give_up("an array has an unknown type");
  return 0;
}

static void read_shape(struct array *array, const char *shape) {
  long lengths[2] = {1, 1};
  int rank = 0;
  if (!shape || *shape != '[') give_up("an array has no shape");
  for (shape = skip_space(shape + 1); *shape && *shape != ']' && rank < 2; rank++) {
    lengths[rank] = json_integer(shape, -1);
    shape = skip_space(skip_value(shape));
    if (*shape == ',') shape = skip_space(shape + 1);
  }
  if (*shape != ']' || lengths[0] < 0 || lengths[1] < 0) give_up("an array has a shape that is not understood");
  array->rows = (size_t)lengths[0];
  array->columns = (size_t)lengths[1];
}

static void read_array(struct array *array) {
  uint64_t announced;
  size_t size = element_size(array->type);
  if (fread(&announced, sizeof announced, 1, stdin) != 1) give_up("the input ended in an array");
  if (array->columns && array->rows > SIZE_MAX / size / array->columns) give_up("an array is too large");
  array->byte_count = size * array->rows * array->columns;
  if (announced != array->byte_count) give_up("an array has another size than its shape says");
  array->bytes = malloc(array->byte_count ? array->byte_count : 1);
  if (!array->bytes) give_up("out of memory");
  if (array->byte_count && fread(array->bytes, array->byte_count, 1, stdin) != 1) {
    give_up("the input ended in an array");
  }
}

int read_message(struct message *message) {
  size_t capacity = 0;
  memset(message, 0, sizeof *message);
  if (getline(&message->line, &capacity, stdin) < 0) return 0;
  const char *entry = json_member(message->line, "arrays");
  if (!entry) return 1;
  if (*entry != '[') give_up("a message has arrays that are no list");
  for (entry = skip_space(entry + 1); *entry == '{';) {
    if (message->array_count == MOST_ARRAYS) give_up("a message has too many arrays");
    struct array *array = &message->arrays[message->array_count++];
    copy_word(array->name, sizeof array->name, json_member(entry, "name"));
    copy_word(array->type, sizeof array->type, json_member(entry, "type"));
    read_shape(array, json_member(entry, "shape"));
    read_array(array);
    entry = skip_space(skip_value(entry));
    if (*entry == ',') entry = skip_space(entry + 1);
  }
  return 1;
}

void free_message(struct message *message) {
  for (size_t place = 0; place < message->array_count; place++) free(message->arrays[place].bytes);
  free(message->line);
  memset(message, 0, sizeof *message);
}

struct array *find_array(struct message *message, const char *name, const char *type) {
  for (size_t place = 0; place < message->array_count; place++) {
    struct array *array = &message->arrays[place];
    if (strcmp(array->name, name) == 0 && strcmp(array->type, type) == 0) return array;
  }
  return NULL;
}

void write_line(const char *line) {
  fputs(line, stdout);
  fputc('\n', stdout);
}

void write_bytes(const void *bytes, size_t byte_count) {
  uint64_t announced = byte_count;
  fwrite(&announced, sizeof announced, 1, stdout);
  fwrite(bytes, 1, byte_count, stdout);
}

void end_message(void) {
  if (fflush(stdout) != 0) exit(1);
}

void write_error(const char *reason) {
  printf("{\"error\":\"%s\"}\n", reason);
  end_message();
}
