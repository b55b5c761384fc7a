#ifndef AUTOML_PROCESS_H
#define AUTOML_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

/// Starts a program as the leader of a process group of its own, with default signal handlers and an empty
/// signal mask, and with no open files but its three standard streams.
///
/// These calls are not seen from Swift, whose view of the C library is that of POSIX.
///
/// @param leader       where the process id goes
/// @param program      the path of the program
/// @param words        the program's name and its arguments, then a null pointer
/// @param defaults     variables of the form NAME=value that are set where they are not set already, then a
///                     null pointer
/// @param folder       the folder it runs in
/// @param streams      what become standard input, output and error
/// @param memory_limit the most bytes of its data (RLIMIT_DATA), on Linux; 0 for no limit
/// @return 0, or the system's error number
int process_start(pid_t *leader, const char *program, char *const words[], char *const defaults[],
                  const char *folder, const int streams[3], uint64_t memory_limit);

#endif
