// Cuts the power of the ext4 or XFS file system that holds a path: nothing that is not on its disk gets there.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FS_IOC_SHUTDOWN _IOR('X', 125, uint32_t)
#define NO_LOG_FLUSH 2u

int main(int count, char **arguments) {
  uint32_t flag = NO_LOG_FLUSH;
  int fd = count == 2 ? open(arguments[1], O_RDONLY) : -1;
  if (fd < 0 || ioctl(fd, FS_IOC_SHUTDOWN, &flag) != 0) {
    perror("FS_IOC_SHUTDOWN");
    return 1;
  }
  return 0;
}
