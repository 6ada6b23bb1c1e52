/* lab-server: HTTP on 127.0.0.1, and who may ask.
 *
 * Any page in the same browser can send a request to 127.0.0.1, and a name of somebody else's can
 * be made to point there. So every request has to have the token of this start in its path, which
 * only the printed address has; a Host that is this address itself; and, where the browser says
 * which page asks (Origin, Sec-Fetch-Site), that page has to be ours. Answers say that they are for
 * nobody else and let the page load nothing from elsewhere. */
#include <glib-unix.h>
#include <libsoup/soup.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "scenarios/runner/lab/lab-private.h"
#include "sim/embed.h"
#include "sim/error.h"
#include "sim/file.h"

#define BODY_MOST (1 << 20) /* bytes of a request */
#define TOKEN_BYTES 16

extern const SimEmbedded lab_files[], lab_report_files[]; /* generated */

typedef struct Lab {
  const LabSettings *settings;
  LabRuns *runs;
  GMainLoop *loop;
  SoupServer *server;
  char *origin; /* owned: "http://127.0.0.1:PORT" */
  char *token;  /* owned: "/TOKEN/" */
} Lab;

/* -- answers -- */

static void
answer(SoupServerMessage *message, guint status, const char *type, GBytes *body)
{
  gsize length;
  const char *bytes = g_bytes_get_data(body, &length);
  soup_server_message_set_status(message, status, NULL);
  soup_server_message_set_response(message, type, SOUP_MEMORY_COPY, bytes, length);
}

static void
answer_text(SoupServerMessage *message, guint status, const char *text)
{
  g_autoptr(GBytes) body = g_bytes_new_static(text, strlen(text));
  answer(message, status, "text/plain; charset=utf-8", body);
}

static void
set_headers(SoupServerMessage *message)
{
  static const char *const headers[][2] = {
      {"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; "
                                  "connect-src 'self'; img-src 'self'; "
                                  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Referrer-Policy", "no-referrer"},
      {"X-Content-Type-Options", "nosniff"},
      {"Cache-Control", "no-store"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(headers); i++)
    soup_message_headers_replace(soup_server_message_get_response_headers(message), headers[i][0],
                                 headers[i][1]);
}

/* -- who may ask -- */

/* In a time that does not depend on where they differ. */
static bool
same(const char *a, const char *b, gsize length)
{
  guint difference = 0;
  for (gsize i = 0; i < length; i++)
    difference |= (guint)(a[i] ^ b[i]);
  return difference == 0;
}

static bool
is_ours(const Lab *lab, SoupServerMessage *message, const char *path)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers(message);
  const char *host = soup_message_headers_get_one(headers, "Host");
  const char *origin = soup_message_headers_get_one(headers, "Origin");
  const char *site = soup_message_headers_get_one(headers, "Sec-Fetch-Site");
  gsize length = strlen(lab->token);
  if (host == NULL || strcmp(host, lab->origin + strlen("http://")) != 0)
    return false;
  if (origin != NULL && strcmp(origin, lab->origin) != 0)
    return false;
  if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
    return false;
  return strlen(path) >= length && same(path, lab->token, length);
}

/* Before the body is read: a status that is set here is the answer. */
static void
on_headers(SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
           gpointer data)
{
  const Lab *lab = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers(message);
  bool post = strcmp(soup_server_message_get_method(message), "POST") == 0;
  set_headers(message);
  if (!is_ours(lab, message, path))
    answer_text(message, SOUP_STATUS_FORBIDDEN, "not for you\n");
  else if (post && soup_message_headers_get_encoding(headers) != SOUP_ENCODING_CONTENT_LENGTH)
    answer_text(message, SOUP_STATUS_LENGTH_REQUIRED, "a length is wanted\n");
  else if (post && soup_message_headers_get_content_length(headers) > BODY_MOST)
    answer_text(message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, "the text is too long\n");
}

/* -- what is asked -- */

static void
on_done(const LabOutcome *outcome, gpointer data)
{
  SoupServerMessage *message = data;
  const char *type = g_object_get_data(G_OBJECT(message), "type");
  if (outcome->body != NULL)
    answer(message, SOUP_STATUS_OK, type, outcome->body);
  else if (outcome->replaced)
    answer_text(message, SOUP_STATUS_CONFLICT, "replaced by a newer run\n");
  else
    answer_text(message, SOUP_STATUS_UNPROCESSABLE_ENTITY, outcome->words);
#if SOUP_CHECK_VERSION(3, 2, 0)
  soup_server_message_unpause(message);
#else
  soup_server_unpause_message(g_object_get_data(G_OBJECT(message), "server"), message);
#endif
  g_object_unref(message);
}

/* The answer comes later, as `type` (static). */
static void
answer_later(const Lab *lab, SoupServerMessage *message, const char *type)
{
  g_object_ref(message);
  g_object_set_data(G_OBJECT(message), "type", (gpointer)(guintptr)type);
  g_object_set_data(G_OBJECT(message), "server", lab->server);
#if SOUP_CHECK_VERSION(3, 2, 0)
  soup_server_message_pause(message);
#else
  soup_server_pause_message(lab->server, message);
#endif
}

/* The fields of a form: "param" as often as there are some, the others once. */
typedef struct Form {
  char *view, *scenario, *text, *seed; /* owned; NULL: not sent */
  GPtrArray *params;                   /* of char *, owned; NULL-terminated */
} Form;

static void
form_clear(Form *form)
{
  g_free(form->view);
  g_free(form->scenario);
  g_free(form->text);
  g_free(form->seed);
  g_ptr_array_unref(form->params);
}

static void
form_parse(Form *form, const char *body, gsize length)
{
  GUriParamsIter iter;
  char *name, *value;
  *form = (Form){.params = g_ptr_array_new_with_free_func(g_free)};
  g_uri_params_iter_init(&iter, body, (gssize)length, "&", G_URI_PARAMS_WWW_FORM);
  while (g_uri_params_iter_next(&iter, &name, &value, NULL)) {
    char **place = strcmp(name, "view") == 0       ? &form->view
                   : strcmp(name, "scenario") == 0 ? &form->scenario
                   : strcmp(name, "text") == 0     ? &form->text
                   : strcmp(name, "seed") == 0     ? &form->seed
                                                   : NULL;
    if (strcmp(name, "param") == 0) {
      g_ptr_array_add(form->params, value);
    } else if (place != NULL) {
      g_free(*place);
      *place = value;
    } else {
      g_free(value);
    }
    g_free(name);
  }
  g_ptr_array_add(form->params, NULL);
}

static bool
is_whole_number(const char *text)
{
  return *text != '\0' && strlen(text) < 20 && strspn(text, "0123456789") == strlen(text);
}

static void
on_run(const Lab *lab, SoupServerMessage *message)
{
  SoupMessageBody *body = soup_server_message_get_request_body(message);
  g_autoptr(GBytes) bytes = soup_message_body_flatten(body);
  gsize length;
  const char *text = g_bytes_get_data(bytes, &length);
  Form form;
  form_parse(&form, text != NULL ? text : "", length);
  g_autoptr(LabScenario) scenario =
      form.scenario != NULL ? lab_folder_find(lab->settings, form.scenario) : NULL;
  if (scenario == NULL || form.text == NULL || form.seed == NULL || !lab_is_word(form.view)) {
    answer_text(message, SOUP_STATUS_BAD_REQUEST, "view, scenario, text and seed are wanted\n");
  } else if (!is_whole_number(form.seed)) {
    answer_text(message, SOUP_STATUS_UNPROCESSABLE_ENTITY, "seed: a whole number is wanted");
  } else {
    LabOrder order = {form.view, scenario, form.text, form.seed,
                      (const char *const *)form.params->pdata};
    answer_later(lab, message, "application/json");
    lab_runs_start(lab->runs, &order, on_done, message);
  }
  form_clear(&form);
}

static void
on_scenario(const Lab *lab, SoupServerMessage *message, const char *id)
{
  g_autoptr(LabScenario) scenario = id != NULL ? lab_folder_find(lab->settings, id) : NULL;
  g_autofree char *path =
      scenario != NULL ? g_build_filename(scenario->root, scenario->path, NULL) : NULL;
  size_t length;
  g_autofree char *text = path != NULL ? sim_file_read(path, "", &length, NULL) : NULL;
  if (text == NULL) {
    answer_text(message, SOUP_STATUS_NOT_FOUND, "there is no such scenario\n");
    return;
  }
  g_autofree char *valid = g_utf8_make_valid(text, (gssize)length);
  answer_text(message, SOUP_STATUS_OK, valid);
}

static void
on_export(const Lab *lab, SoupServerMessage *message, GHashTable *query)
{
  LabExport wanted = {0};
  if (query != NULL)
    wanted = (LabExport){g_hash_table_lookup(query, "view"), g_hash_table_lookup(query, "what"),
                         g_hash_table_lookup(query, "name"), g_hash_table_lookup(query, "format")};
  if (!lab_is_word(wanted.view) || wanted.what == NULL) {
    answer_text(message, SOUP_STATUS_BAD_REQUEST, "view and what are wanted\n");
    return;
  }
  answer_later(lab, message, "application/octet-stream");
  lab_runs_export(lab->runs, &wanted, on_done, message);
}

/* A file of the page. */
static void
on_file(SoupServerMessage *message, const char *name)
{
  const char *wanted = *name == '\0' ? "lab.html" : name;
  const char *text = sim_embedded_find(lab_files, wanted);
  g_autofree char *shared = g_strconcat("report/", wanted, NULL);
  text = text != NULL ? text : sim_embedded_find(lab_report_files, shared);
  if (text == NULL) {
    answer_text(message, SOUP_STATUS_NOT_FOUND, "there is no such file\n");
    return;
  }
  const char *type = g_str_has_suffix(wanted, ".js")    ? "text/javascript; charset=utf-8"
                     : g_str_has_suffix(wanted, ".css") ? "text/css; charset=utf-8"
                     : g_str_has_suffix(wanted, ".svg") ? "image/svg+xml"
                                                        : "text/html; charset=utf-8";
  g_autoptr(GBytes) body = g_bytes_new_static(text, strlen(text));
  answer(message, SOUP_STATUS_OK, type, body);
}

static void
on_request(SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
           gpointer data)
{
  const Lab *lab = data;
  const char *name = path + strlen(lab->token);
  bool post = strcmp(soup_server_message_get_method(message), "POST") == 0;
  bool get = strcmp(soup_server_message_get_method(message), "GET") == 0;
  if (post && strcmp(name, "run") == 0)
    on_run(lab, message);
  else if (!get)
    answer_text(message, SOUP_STATUS_METHOD_NOT_ALLOWED, "GET is wanted\n");
  else if (strcmp(name, "scenarios") == 0) {
    g_autofree char *list = lab_folder_list(lab->settings);
    answer_text(message, SOUP_STATUS_OK, list);
  } else if (strcmp(name, "figures") == 0) {
    g_autofree char *list = g_strjoinv("\n", (char **)(guintptr)lab->settings->figures);
    answer_text(message, SOUP_STATUS_OK, list);
  } else if (strcmp(name, "scenario") == 0)
    on_scenario(lab, message, query != NULL ? g_hash_table_lookup(query, "id") : NULL);
  else if (strcmp(name, "export") == 0)
    on_export(lab, message, query);
  else
    on_file(message, name);
}

/* -- from beginning to end -- */

static bool
make_token(Lab *lab, GError **error)
{
  guint8 bytes[TOKEN_BYTES];
  if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_STATE, "the system gives no random numbers");
    return false;
  }
  GString *token = g_string_new("/");
  for (guint i = 0; i < sizeof bytes; i++)
    g_string_append_printf(token, "%02x", bytes[i]);
  g_string_append_c(token, '/');
  lab->token = g_string_free(token, FALSE);
  return true;
}

/* On the loopback address of IPv4 and nowhere else. */
static bool
listen_here(Lab *lab, GError **error)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new(loopback, lab->settings->port);
  g_autoptr(GError) failed = NULL;
  lab->server = soup_server_new("server-header", "roundtrip", NULL);
  soup_server_add_early_handler(lab->server, NULL, on_headers, lab, NULL);
  soup_server_add_handler(lab->server, NULL, on_request, lab, NULL);
  if (!soup_server_listen(lab->server, address, 0, &failed)) {
    g_set_error(error, SIM_ERROR, SIM_ERROR_STATE, "cannot listen on 127.0.0.1:%u: %s",
                lab->settings->port, failed->message);
    return false;
  }
  GSList *uris = soup_server_get_uris(lab->server);
  lab->origin = g_strdup_printf("http://127.0.0.1:%d", g_uri_get_port(uris->data));
  g_slist_free_full(uris, (GDestroyNotify)g_uri_unref);
  return true;
}

static gboolean
on_signal(gpointer data)
{
  g_main_loop_quit(data);
  return G_SOURCE_CONTINUE;
}

bool
lab_serve(const LabSettings *settings, GError **error)
{
  Lab lab = {.settings = settings};
  bool good = make_token(&lab, error) && listen_here(&lab, error);
  if (good)
    good = (lab.runs = lab_runs_new(settings, error)) != NULL;
  if (good) {
    lab.loop = g_main_loop_new(NULL, FALSE);
    guint signals[] = {g_unix_signal_add(SIGINT, on_signal, lab.loop),
                       g_unix_signal_add(SIGTERM, on_signal, lab.loop)};
    printf("The lab is open at\n  %s%s\nfor browsers on this machine; Ctrl-C closes it.\n",
           lab.origin, lab.token);
    fflush(stdout);
    g_main_loop_run(lab.loop);
    soup_server_disconnect(lab.server);
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
      g_source_remove(signals[i]);
    lab_runs_free(lab.runs);
    g_main_loop_unref(lab.loop);
  }
  g_clear_object(&lab.server);
  g_free(lab.origin);
  g_free(lab.token);
  return good;
}
