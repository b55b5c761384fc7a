// Makes a program fail at one of its calls that change files, for tests: loaded by LD_PRELOAD.
//
//   FAULT_AT=17        the 17th such call is the one; 0 or absent: none
//   FAULT_KIND=kill    the process is killed before the call, or half-way through what is written
//   FAULT_KIND=full    from the call on nothing can be written: the disk is full
//   FAULT_COUNT=FILE   where the number of calls is written at the end
//
// Standard output and standard error are left alone. The product itself knows nothing of faults.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long calls;
static long fault_at;
static int is_full;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
  const char *at = getenv("FAULT_AT");
  const char *kind = getenv("FAULT_KIND");
  fault_at = at ? atol(at) : 0;
  is_full = kind && strcmp(kind, "full") == 0;
}

__attribute__((destructor)) static void end(void) {
  const char *path = getenv("FAULT_COUNT");
  if (!path) return;
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  char text[32];
  int length = snprintf(text, sizeof text, "%ld\n", (long)calls);
  if (file >= 0 && REAL(write)(file, text, (size_t)length) < 0) abort();
}

// What the next call has to do: 0 nothing special, 1 die, -1 fail.
static int next_call(void) {
  long call = atomic_fetch_add(&calls, 1) + 1;
  if (fault_at <= 0 || call < fault_at) return 0;
  if (is_full) return -1;
  return call == fault_at;
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static ssize_t full(void) {
  errno = ENOSPC;
  return -1;
}

ssize_t write(int file, const void *bytes, size_t count) {
  if (file <= STDERR_FILENO) return REAL(write)(file, bytes, count);
  switch (next_call()) {
  case 1: if (count > 1 && REAL(write)(file, bytes, count / 2) < 0) abort(); die();
  case -1: return full();
  default: return REAL(write)(file, bytes, count);
  }
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) {
  switch (next_call()) {
  case 1: if (count > 1 && REAL(pwrite)(file, bytes, count / 2, place) < 0) abort(); die();
  case -1: return full();
  default: return REAL(pwrite)(file, bytes, count, place);
  }
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t place) {
  return pwrite(file, bytes, count, place);
}

// Calls that write nothing new also succeed on a full disk.
#define BEFORE_CALL() do { if (next_call() == 1) die(); } while (0)

int fsync(int file) { BEFORE_CALL(); return REAL(fsync)(file); }
int fdatasync(int file) { BEFORE_CALL(); return REAL(fdatasync)(file); }
int rename(const char *from, const char *to) { BEFORE_CALL(); return REAL(rename)(from, to); }
int unlink(const char *path) { BEFORE_CALL(); return REAL(unlink)(path); }
int ftruncate(int file, off_t length) { BEFORE_CALL(); return REAL(ftruncate)(file, length); }
int ftruncate64(int file, off64_t length) { return ftruncate(file, length); }
