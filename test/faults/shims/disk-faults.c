// LD_PRELOAD: a disk that takes few bytes at a time, or slowly. Only for paths that begin with FAULTS_ROOT and hold
// FAULTS_MATCH. FAULTS_SHORT: bytes of one write at most, chosen anew each time. FAULTS_SLOW_MS: before each write and
// each sync.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define FDS 4096
static volatile char watched[FDS];

static long number(const char *name) {
  const char *value = getenv(name);
  return value == NULL ? 0 : atol(value);
}

static int is_watched_path(const char *path) {
  const char *root = getenv("FAULTS_ROOT"), *match = getenv("FAULTS_MATCH");
  if (root == NULL || strncmp(path, root, strlen(root)) != 0) return 0;
  return match == NULL || strstr(path, match) != NULL;
}

static int is_watched(int fd) { return fd >= 0 && fd < FDS && watched[fd]; }

static void slow_down(int fd) {
  long ms = number("FAULTS_SLOW_MS");
  if (ms > 0 && is_watched(fd)) usleep(ms * 1000);
}

static size_t shortened(int fd, size_t count) {
  static __thread unsigned seed;
  long most = number("FAULTS_SHORT");
  if (most <= 0 || count <= 1 || !is_watched(fd)) return count;
  if (seed == 0) seed = (unsigned)number("FAULTS_SEED") + (unsigned)gettid();
  size_t part = 1 + (size_t)rand_r(&seed) % (size_t)most;
  return part < count ? part : count;
}

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

int open64(const char *path, int flags, ...) {
  va_list args;
  va_start(args, flags);
  int mode = va_arg(args, int);
  va_end(args);
  int fd = REAL(open64)(path, flags, mode);
  if (fd >= 0 && fd < FDS) watched[fd] = is_watched_path(path);
  return fd;
}

ssize_t write(int fd, const void *data, size_t count) {
  slow_down(fd);
  return REAL(write)(fd, data, shortened(fd, count));
}

ssize_t pwrite64(int fd, const void *data, size_t count, off64_t offset) {
  slow_down(fd);
  return REAL(pwrite64)(fd, data, shortened(fd, count), offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  slow_down(fd);
  if (!is_watched(fd) || count < 1) return REAL(writev)(fd, parts, count);
  return REAL(write)(fd, parts[0].iov_base, shortened(fd, parts[0].iov_len));
}

int fdatasync(int fd) {
  slow_down(fd);
  return REAL(fdatasync)(fd);
}

int fsync(int fd) {
  slow_down(fd);
  return REAL(fsync)(fd);
}

int close(int fd) {
  if (fd >= 0 && fd < FDS) watched[fd] = 0;
  return REAL(close)(fd);
}
