/* Messages of automl's plugin protocol, version 1: a line of JSON each, with arrays behind it. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stddef.h>
#include <stdint.h>

enum { MOST_ARRAYS = 8, NAME_SIZE = 32 };

/* An array of numbers, row by row; its bytes lie in memory that free_message gives back. */
struct array {
  char name[NAME_SIZE];
  char type[4];
  size_t rows, columns; /* columns is 1 where there is one dimension only */
  size_t byte_count;
  void *bytes;
};

struct message {
  char *line; /* the object, as text */
  struct array arrays[MOST_ARRAYS];
  size_t array_count;
};

/* Reads the next message; 0 at the end of the input. What is no message ends the program. */
int read_message(struct message *message);
void free_message(struct message *message);

/* Writes a line, and arrays behind it that the line describes. */
void write_line(const char *line);
void write_bytes(const void *bytes, size_t byte_count);
void end_message(void);

/* Answers that something can't be done, and why. */
void write_error(const char *reason);

/* The array of a name, type and length, or NULL. */
struct array *find_array(struct message *message, const char *name, const char *type);

/* The text of a member's value, or NULL where the object has none of that name. */
const char *json_member(const char *object, const char *name);
/* A whole number, or `otherwise` for NULL and for anything else. */
long json_integer(const char *value, long otherwise);
/* Whether a value is this word in quotes. */
int json_is(const char *value, const char *word);

#endif
