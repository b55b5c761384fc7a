#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

extern char **environ;

/// This process's variables with the defaults for those that are not set; to be freed, without its texts.
static char **environment_with(char *const defaults[]) {
  size_t count = 1;
  for (char **variable = environ; *variable; variable++) count++;
  for (char *const *variable = defaults; *variable; variable++) count++;
  char **variables = malloc(count * sizeof *variables);
  if (!variables) return NULL;
  char **next = variables;
  for (char **variable = environ; *variable; variable++) *next++ = *variable;
  for (char *const *variable = defaults; *variable; variable++) {
    size_t length = (size_t)(strchr(*variable, '=') - *variable) + 1;
    int is_set = 0;
    for (char **other = environ; *other; other++) is_set |= !strncmp(*other, *variable, length);
    if (!is_set) *next++ = *variable;
  }
  *next = NULL;
  return variables;
}

#ifdef __linux__
/// The process runs already, but waits for its first request, and what it has by then counts, too.
static void limit(pid_t process, uint64_t memory_limit) {
  struct rlimit none = {0, 0};
  prlimit(process, RLIMIT_CORE, &none, NULL);
  struct rlimit data = {memory_limit, memory_limit};
  if (memory_limit) prlimit(process, RLIMIT_DATA, &data, NULL);
}
#endif

int process_start(pid_t *leader, const char *program, char *const words[], char *const defaults[],
                  const char *folder, const int streams[3], uint64_t memory_limit) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  char **variables = environment_with(defaults);
  if (!variables) return ENOMEM;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  for (int stream = 0; stream < 3; stream++) {
    posix_spawn_file_actions_adddup2(&actions, streams[stream], stream);
#ifdef __linux__
    // Fewer turns for large arrays; the system may allow less, and only pipes have a size.
    fcntl(streams[stream], F_SETPIPE_SZ, 1 << 20);
#endif
  }
  posix_spawn_file_actions_addchdir_np(&actions, folder);
  short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
#ifdef __linux__
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#else
  flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
  sigset_t signals;
  sigfillset(&signals);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, flags);
  int failure = posix_spawn(leader, program, &actions, &attributes, words, variables);
#ifdef __linux__
  if (!failure) limit(*leader, memory_limit);
#else
  (void)memory_limit;
#endif
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  free(variables);
  return failure;
}
