// LD_PRELOAD: records to FAULTS_TRACE what happens to the files below FAULTS_ROOT and what is printed on descriptor 1,
// in order. ../harness/power-cut.mjs makes of it the disk as it may be after a power cut.
// A record: type, inode, a, b (64 bits each), length of path and of data (32 bits each), path, data.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, WRITE, SYNC_START, SYNC_END, TRUNCATE, RENAME, LINK, UNLINK, MKDIR, RMDIR, SAID };
#define FDS 4096
#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile char watched[FDS];
static int trace = -1;
static uint64_t syncs;

struct head {
  uint64_t type, inode, a, b;
  uint32_t path, data;
};

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("FAULTS_TRACE");
  if (path != NULL) trace = REAL(open64)(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static void record(int type, uint64_t inode, uint64_t a, uint64_t b, const char *path, const void *data, size_t size) {
  if (trace < 0) return;
  struct head head = {type, inode, a, b, path == NULL ? 0 : strlen(path), size};
  struct iovec parts[] = {{&head, sizeof head}, {(void *)path, head.path}, {(void *)data, size}};
  REAL(writev)(trace, parts, 3);
}

static int below(const char *path) {
  const char *root = getenv("FAULTS_ROOT");
  return root != NULL && strncmp(path, root, strlen(root)) == 0;
}

static int is_watched(int fd) { return fd >= 0 && fd < FDS && watched[fd]; }

static uint64_t inode_of(int fd) {
  struct stat found;
  return fstat(fd, &found) == 0 ? found.st_ino : 0;
}

int open64(const char *path, int flags, ...) {
  va_list args;
  va_start(args, flags);
  int mode = va_arg(args, int);
  va_end(args);
  if (!below(path)) {
    int other = REAL(open64)(path, flags, mode);
    if (other >= 0 && other < FDS) watched[other] = 0;
    return other;
  }
  pthread_mutex_lock(&lock);
  struct stat found;
  int is_new = (flags & O_CREAT) && lstat(path, &found) != 0;
  int fd = REAL(open64)(path, flags, mode);
  if (fd >= 0 && fd < FDS) {
    watched[fd] = 1;
    if (is_new) record(CREATE, inode_of(fd), 0, 0, path, NULL, 0);
    else if (flags & O_TRUNC) record(TRUNCATE, inode_of(fd), 0, 0, NULL, NULL, 0);
  }
  pthread_mutex_unlock(&lock);
  return fd;
}

static ssize_t written(int fd, const void *data, ssize_t count, off64_t offset) {
  if (count > 0 && fd == 1) record(SAID, 0, 0, 0, NULL, data, count);
  if (count > 0 && is_watched(fd)) {
    uint64_t at = offset >= 0 ? (uint64_t)offset : (uint64_t)(lseek(fd, 0, SEEK_CUR) - count);
    record(WRITE, inode_of(fd), at, 0, NULL, data, count);
  }
  return count;
}

ssize_t write(int fd, const void *data, size_t count) {
  if (fd != 1 && !is_watched(fd)) return REAL(write)(fd, data, count);
  pthread_mutex_lock(&lock);
  ssize_t done = written(fd, data, REAL(write)(fd, data, count), -1);
  pthread_mutex_unlock(&lock);
  return done;
}

ssize_t pwrite64(int fd, const void *data, size_t count, off64_t offset) {
  if (!is_watched(fd)) return REAL(pwrite64)(fd, data, count, offset);
  pthread_mutex_lock(&lock);
  ssize_t done = written(fd, data, REAL(pwrite64)(fd, data, count, offset), offset);
  pthread_mutex_unlock(&lock);
  return done;
}

// One part of several is a short write, which every caller must go on from.
ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (!is_watched(fd) || count < 1) return REAL(writev)(fd, parts, count);
  return write(fd, parts[0].iov_base, parts[0].iov_len);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
  if (!is_watched(fd) || count < 1) return REAL(pwritev64)(fd, parts, count, offset);
  return pwrite64(fd, parts[0].iov_base, parts[0].iov_len, offset);
}

// What was written before a sync began is what it makes safe.
static int synced(int fd, int (*real)(int)) {
  if (!is_watched(fd)) return real(fd);
  pthread_mutex_lock(&lock);
  uint64_t inode = inode_of(fd), number = ++syncs;
  record(SYNC_START, inode, number, 0, NULL, NULL, 0);
  pthread_mutex_unlock(&lock);
  int result = real(fd);
  pthread_mutex_lock(&lock);
  if (result == 0) record(SYNC_END, inode, number, 0, NULL, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int fsync(int fd) { return synced(fd, REAL(fsync)); }
int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

int ftruncate64(int fd, off64_t size) {
  if (!is_watched(fd)) return REAL(ftruncate64)(fd, size);
  pthread_mutex_lock(&lock);
  int result = REAL(ftruncate64)(fd, size);
  if (result == 0) record(TRUNCATE, inode_of(fd), size, 0, NULL, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

static int renamed(int type, const char *from, const char *to, int (*real)(const char *, const char *)) {
  if (!below(to)) return real(from, to);
  pthread_mutex_lock(&lock);
  struct stat found;
  uint64_t inode = lstat(from, &found) == 0 ? found.st_ino : 0;
  int result = real(from, to);
  if (result == 0) record(type, inode, 0, 0, to, from, strlen(from));
  pthread_mutex_unlock(&lock);
  return result;
}

int rename(const char *from, const char *to) { return renamed(RENAME, from, to, REAL(rename)); }
int link(const char *from, const char *to) { return renamed(LINK, from, to, REAL(link)); }

static int removed(int type, const char *path, int (*real)(const char *)) {
  if (!below(path)) return real(path);
  pthread_mutex_lock(&lock);
  int result = real(path);
  if (result == 0) record(type, 0, 0, 0, path, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int unlink(const char *path) { return removed(UNLINK, path, REAL(unlink)); }
int rmdir(const char *path) { return removed(RMDIR, path, REAL(rmdir)); }

int mkdir(const char *path, mode_t mode) {
  if (!below(path)) return REAL(mkdir)(path, mode);
  pthread_mutex_lock(&lock);
  int result = REAL(mkdir)(path, mode);
  struct stat found;
  if (result == 0 && lstat(path, &found) == 0) record(MKDIR, found.st_ino, 0, 0, path, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int close(int fd) {
  if (fd >= 0 && fd < FDS) watched[fd] = 0;
  return REAL(close)(fd);
}
