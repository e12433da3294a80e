// Moves what a disk says of times by FAKETIME seconds, as libfaketime moves clocks: together they are a machine on another day.
// Loaded into every process of a test (LD_PRELOAD). Rust and Node ask by `statx`, which libfaketime leaves as it is.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>

int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict found) {
  int (*real)(int, const char *, int, unsigned, struct statx *) = dlsym(RTLD_NEXT, "statx");
  int failed = real(folder, path, flags, mask, found);
  const char *ahead = getenv("FAKETIME");
  if (failed == 0 && ahead != NULL) {
    long long seconds = atoll(ahead);
    found->stx_atime.tv_sec += seconds;
    found->stx_btime.tv_sec += seconds;
    found->stx_ctime.tv_sec += seconds;
    found->stx_mtime.tv_sec += seconds;
  }
  return failed;
}
