#include <malloc.h>
#include <sqlite3.h>

/* SQLITE_STATIC and SQLITE_TRANSIENT are cast macros, which Swift does not import. */
static inline int sf_bind_text_static(sqlite3_stmt *s, int i, const char *p, int n) {
  return sqlite3_bind_text(s, i, p, n, SQLITE_STATIC);
}
static inline int sf_bind_text_copy(sqlite3_stmt *s, int i, const char *p, int n) {
  return sqlite3_bind_text(s, i, p, n, SQLITE_TRANSIENT);
}
static inline int sf_bind_blob_copy(sqlite3_stmt *s, int i, const void *p, int n) {
  return sqlite3_bind_blob(s, i, p, n, SQLITE_TRANSIENT);
}
/* SQLite's cache to the allocator, and what the allocator holds to the system. */
static inline void sf_release_memory(sqlite3 *database) {
  sqlite3_db_release_memory(database);
  malloc_trim(0);
}
