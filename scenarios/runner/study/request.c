/* request: kept as it was given, so that the command line can take the place of the file's words
 * one by one. */
#include "scenarios/runner/study/request.h"

#include <string.h>

static void
free_figure(gpointer data)
{
  StudyFigure *figure = data;
  g_free(figure->name);
  g_free(figure->file);
  g_free(figure->format);
  g_free(figure->width);
  g_free(figure->title);
  g_ptr_array_unref(figure->options);
  g_free(figure);
}

static void
free_axis(gpointer data)
{
  RequestAxis *axis = data;
  g_free(axis->text);
  g_free(axis->where);
  g_free(axis);
}

StudyRequest *
request_new(void)
{
  StudyRequest *request = g_new0(StudyRequest, 1);
  request->axes = g_ptr_array_new_with_free_func(free_axis);
  request->figures = g_ptr_array_new_with_free_func(free_figure);
  return request;
}

void
request_free(StudyRequest *request)
{
  g_free(request->scenario);
  g_free(request->seeds);
  g_free(request->until);
  g_free(request->max_seeds);
  g_free(request->sample);
  g_free(request->vs);
  g_ptr_array_unref(request->axes);
  g_ptr_array_unref(request->figures);
  g_free(request);
}

void
request_add_axis(StudyRequest *request, const char *text, const char *where)
{
  RequestAxis *axis = g_new0(RequestAxis, 1);
  *axis = (RequestAxis){g_strdup(text), g_strdup(where)};
  g_ptr_array_add(request->axes, axis);
}

char *
request_axis_name(const RequestAxis *axis)
{
  return g_strndup(axis->text, strcspn(axis->text, "="));
}

StudyFigure *
request_add_figure(StudyRequest *request, const char *name)
{
  StudyFigure *figure = g_new0(StudyFigure, 1);
  figure->name = g_strdup(name);
  figure->options = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(request->figures, figure);
  return figure;
}

/* Whether two texts "NAME=..." have the same name. */
static bool
same_name(const char *a, const char *b)
{
  size_t length = strcspn(a, "=");
  return length == strcspn(b, "=") && strncmp(a, b, length) == 0;
}

static const RequestAxis *
find_axis(const GPtrArray *axes, const RequestAxis *like)
{
  for (guint i = 0; i < axes->len; i++)
    if (same_name(((const RequestAxis *)axes->pdata[i])->text, like->text))
      return axes->pdata[i];
  return NULL;
}

static void
merge_axes(StudyRequest *merged, const StudyRequest *over, const StudyRequest *under)
{
  for (guint i = 0; i < under->axes->len; i++) {
    const RequestAxis *axis = find_axis(over->axes, under->axes->pdata[i]);
    axis = axis != NULL ? axis : under->axes->pdata[i];
    request_add_axis(merged, axis->text, axis->where);
  }
  for (guint i = 0; i < over->axes->len; i++) {
    const RequestAxis *axis = over->axes->pdata[i];
    if (find_axis(under->axes, axis) == NULL)
      request_add_axis(merged, axis->text, axis->where);
  }
}

static void
copy_figures(StudyRequest *merged, const StudyRequest *from)
{
  for (guint i = 0; i < from->figures->len; i++) {
    const StudyFigure *figure = from->figures->pdata[i];
    StudyFigure *copy = request_add_figure(merged, figure->name);
    copy->file = g_strdup(figure->file);
    copy->format = g_strdup(figure->format);
    copy->width = g_strdup(figure->width);
    copy->title = g_strdup(figure->title);
    for (guint k = 0; k < figure->options->len && figure->options->pdata[k] != NULL; k++)
      g_ptr_array_add(copy->options, g_strdup(figure->options->pdata[k]));
    g_ptr_array_add(copy->options, NULL);
  }
}

static char *
either(const char *over, const char *under)
{
  return g_strdup(over != NULL ? over : under);
}

StudyRequest *
request_merge(const StudyRequest *over, const StudyRequest *under)
{
  g_autoptr(StudyRequest) nothing = request_new();
  if (under == NULL)
    under = nothing;
  StudyRequest *merged = request_new();
  merge_axes(merged, over, under);
  merged->scenario = either(over->scenario, under->scenario);
  merged->seeds = either(over->seeds, under->seeds);
  merged->until = either(over->until, under->until);
  merged->max_seeds = either(over->max_seeds, under->max_seeds);
  merged->sample = either(over->sample, under->sample);
  merged->vs = either(over->vs, under->vs);
  merged->zip = over->zip || under->zip;
  copy_figures(merged, under);
  copy_figures(merged, over);
  return merged;
}
