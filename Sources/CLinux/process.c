#include "clinux_process.h"
#include <sys/wait.h>

int hb_wifexited(int status) { return WIFEXITED(status); }
int hb_wexitstatus(int status) { return WEXITSTATUS(status); }
int hb_wifsignaled(int status) { return WIFSIGNALED(status); }
int hb_wtermsig(int status) { return WTERMSIG(status); }
