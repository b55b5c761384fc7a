#include <sqlite3.h>

/// Whether the last connection to a file moves its log into it when it is closed; Swift can't call the function
/// itself, which takes any number of arguments.
static inline int automl_moves_log_on_close(sqlite3 *database, int moves) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !moves, (int *)0);
}
