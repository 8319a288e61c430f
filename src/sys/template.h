/* A template is a process that has loaded the program, its libraries and as much more as can be copied (see
 * engine/copy.h): copies of it are up in a fraction of the time, and share the memory that loading costs. It
 * makes them as children of its parent, so that a copy is a child like any other; where it cannot, programs
 * are started as usual. */
#pragma once

#include "sys/process.h"

/* The hidden first argument that makes a program call template_serve. */
#define TEMPLATE_OPTION "--galley-template"
/* The argument after it, of a template that could not start more than the program: it has tried. */
#define TEMPLATE_BARE "bare"

enum {
    TEMPLATE_SOCKET = 3, /* the template's descriptor for requests */
    TEMPLATE_DESCRIPTORS =
        80, /* what a template has from here on, its copies have too; they are given less */
};

typedef struct Template Template;

/* Runs `program` as a template in the background; NULL if it cannot be started. */
Template *template_start(uv_loop_t *loop, const char *program);
void template_stop(Template *template);
/* Whether a copy would be what process_spawn would make of these options. */
bool template_can(const Template *template, const ProcessOptions *options);
/* As process_spawn; -ENOSYS when the template does not answer (stop it, and spawn). */
int template_spawn(Template *template, uv_loop_t *loop, const ProcessOptions *options, ProcessExited exited,
                   void *owner, Process **process);

/* In the template: makes copies until the parent is gone, which ends the process. Returns in each copy, with
 * the arguments that it was asked to have. */
void template_serve(int *argc, char ***argv);
/* First of all: gives up what was inherited by chance, which copies would keep. */
void template_begin(void);
