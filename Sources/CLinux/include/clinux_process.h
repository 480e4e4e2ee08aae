// Processes and signals.
#ifndef CLINUX_PROCESS_H
#define CLINUX_PROCESS_H

// The wait status macros are not imported.
int hb_wifexited(int status);
int hb_wexitstatus(int status);
int hb_wifsignaled(int status);
int hb_wtermsig(int status);

#endif
