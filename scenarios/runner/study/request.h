/* request: what somebody asks of a study, as text: study{...} in a scenario's file, or the command
 * line. plan.c makes sense of it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A figure that the study makes when it is done: the words of `roundtrip plot`. */
typedef struct StudyFigure {
  char *name;         /* owned: "lines" */
  char *file;         /* owned: of the picture, without folder and ending; NULL: the name */
  char *format;       /* owned: "svg", "pdf", "png", "tex"; NULL: svg */
  char *width;        /* owned: "column" ...; NULL: the figure's own */
  char *title;        /* owned; NULL: none */
  GPtrArray *options; /* of char *, owned: "x=loss"; NULL-terminated */
} StudyFigure;

/* A parameter that is varied. */
typedef struct RequestAxis {
  char *text;  /* owned: "delay=10ms..200ms:10ms" */
  char *where; /* owned: "FILE:LINE: study: vary"; NULL: the command line */
} RequestAxis;

typedef struct StudyRequest {
  char *scenario;     /* owned: the file that is run; NULL: the one that says study{} */
  GPtrArray *axes;    /* of RequestAxis, owned */
  char *seeds;        /* owned, as all of these; NULL: not given. "20" or "21..40" */
  char *until;        /* "ci(connect_time) < 2 %" */
  char *max_seeds;    /* with until: "1000" */
  char *sample;       /* "lhs:200" */
  char *vs;           /* "cc=reno" */
  bool zip;           /* the axes go together: the first values, the second ones ... */
  GPtrArray *figures; /* of StudyFigure, owned */
} StudyRequest;

StudyRequest *request_new(void);
void request_free(StudyRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StudyRequest, request_free)
void request_add_axis(StudyRequest *request, const char *text, const char *where);
/* The name of the parameter. g_free. */
char *request_axis_name(const RequestAxis *axis);
StudyFigure *request_add_figure(StudyRequest *request, const char *name);
/* What `over` says, and what only `under` says; an axis of `over` takes the place of the one of
 * the same name. Takes nothing; request_free(). `under` may be NULL. */
StudyRequest *request_merge(const StudyRequest *over, const StudyRequest *under);
