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
/* The database file itself, past the page cache: no descriptor of our own, whose closing would end
   SQLite's locks on the file (sqlite.org/howtocorrupt.html, 2.2). What lies past the end is zeros. */
static inline int sf_read_file(sqlite3 *database, void *bytes, int count, sqlite3_int64 offset) {
  sqlite3_file *file = 0;
  int code = sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code != SQLITE_OK) return code;
  if (!file || !file->pMethods) return SQLITE_IOERR;
  code = file->pMethods->xRead(file, bytes, count, offset);
  return code == SQLITE_IOERR_SHORT_READ ? SQLITE_OK : code;
}
static inline sqlite3_int64 sf_file_size(sqlite3 *database) {
  sqlite3_file *file = 0;
  sqlite3_int64 size = 0;
  int code = sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code != SQLITE_OK || !file || !file->pMethods) return -1;
  return file->pMethods->xFileSize(file, &size) == SQLITE_OK ? size : -1;
}
