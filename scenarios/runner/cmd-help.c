/* cmd-help: `roundtrip help`: the commands, and short pages on what a scenario is made of. */
#include <stdio.h>
#include <string.h>

#include "scenarios/runner/cmd.h"
#include "sim/error.h"

static const char page_scenario[] =
    "A scenario is a Lua 5.4 file: it is read once and describes the network, then simulated time\n"
    "passes until nothing is left to happen.\n"
    "\n"
    "  local client = host \"client\"\n"
    "  local server = host \"server\"\n"
    "  local wire   = link(client, server, { rate = \"10 Mbit/s\", delay = \"50 ms\" })\n"
    "  wire:drop \"SYN#1\"                        -- roundtrip help rules\n"
    "  server:listen(80, function (conn)        -- a coroutine for each connection\n"
    "    conn:receive_all()\n"
    "    conn:close()\n"
    "  end)\n"
    "  client:start(function ()                 -- an application, from t = 0\n"
    "    local conn = assert(client:connect(server, 80))\n"
    "    result(\"connect_time\", conn.connect_time)\n"
    "    conn:send \"10 kB\"                      -- roundtrip help units\n"
    "    conn:close()\n"
    "  end)\n"
    "  expect(\"one retransmission time-out\", function () return value \"connect_time\" > 1 end)\n"
    "  figure \"ladder\"\n"
    "\n"
    "Network      host router link; wire.forward wire.backward wire:toward(node); wire:down up "
    "pause\n"
    "             resume drop hold copy damage mark\n"
    "Sockets      host:listen connect start restart inject; listener:accept close; conn:send "
    "write\n"
    "             receive receive_all close shutdown abort vanish set on info\n"
    "Time         now sleep at every spawn stop_at stop\n"
    "Experiment   param result value expect note figure trace random quantity require study\n";

static const char page_rules[] =
    "wire:drop(rule), wire:hold(rule, time or {behind = n}), wire:copy(rule, [after]),\n"
    "wire:damage(rule), wire:mark(rule): exactly these packets, on both directions; the same on\n"
    "wire.forward and wire.backward. A last argument {from = t, to = t} says when it holds.\n"
    "\n"
    "  \"SYN#1\"          the first SYN without ACK\n"
    "  \"SYN+ACK#2\"      the second SYN+ACK\n"
    "  \"ACK#1\"          the first ACK without payload and other flags; also FIN, RST\n"
    "  \"DATA#20\"        the twentieth new segment with payload\n"
    "  \"REXMIT#1\"       the first retransmission of data\n"
    "  \"SYN\"            all of them; \"SYN#1-3\", \"SYN#2+\", \"DATA#20,22,24\"\n"
    "  \"client>DATA#5\"  from one sender only\n"
    "  \"byte 14601\"     the segment that carries this byte (the first is 1), each time;\n"
    "                   \"byte 14601#1\" the first time\n"
    "  {flags = \"SYN\", from = client, seq =, ack =, len =, sport =, dport =, number =}\n"
    "  function (packet) return packet.len > 1000 end\n";

static const char page_units[] =
    "A quantity is a text with a unit, or a number in the SI unit.\n"
    "\n"
    "  time    \"50 ms\" \"1.5 s\" \"2 min\" \"1 h\" \"10 us\" \"5 ns\" \"3 ps\"; 0.05 is 50 ms\n"
    "  rate    \"10 Mbit/s\" \"1 Gbps\" \"100 kB/s\"; 1e7 is 10 Mbit/s\n"
    "  size    \"1500 B\" \"10 kB\" \"64 KiB\" \"1 GB\"; 1500 is 1500 bytes\n"
    "  ratio   \"1 %\"; 0.01 is the same\n"
    "  queue   \"100 pkt\" \"64 KiB\" \"1 BDP\"\n"
    "\n"
    "Powers of ten with k M G T, of two with Ki Mi Gi Ti.\n";

static const char page_files[] =
    "A run leaves a folder, out/SCENARIO/ unless -o says otherwise; the one before it is kept as\n"
    ".1. Nothing in it but machine.json depends on the machine.\n"
    "\n"
    "  timeline.csv      every packet's life and every connection's milestones\n"
    "  tcp.csv           cwnd, ssthresh, round-trip times ... on every change\n"
    "  links.csv         queue lengths, bytes and drops per interval\n"
    "  flows.csv         of loads: when each flow began, how long it took, how it ended\n"
    "  pcap/NODE.pcapng  what that node sent and received, for Wireshark and tshark\n"
    "  summary.json      results, expectations, connections, links, rules\n"
    "  run.json          enough to repeat the run: version, scenario, parameters, seed\n"
    "  machine.json      real time, CPU time and memory that it took\n"
    "  figures/          each figure with the gnuplot script and the data that made it\n"
    "  report.html       with --report, or by roundtrip report DIR: the run in a browser\n";

static const char page_study[] =
    "A study runs a scenario for every combination of its parameters, with many seeds, and says how\n"
    "sure one can be: roundtrip help sweep.\n"
    "\n"
    "What it varies stands on the command line, or in the scenario itself (or in a file of its own,\n"
    "with scenario = \"other.lua\"):\n"
    "\n"
    "  study {\n"
    "    vary = { \"delay=10ms,50ms\", \"loss=1e-3..1e-1:log:7\" },   -- or name = {values}\n"
    "    seeds = 20,                       -- or \"21..40\"\n"
    "    zip = true, sample = \"lhs:200\", vs = \"cc=reno\",\n"
    "    enough = \"ci(goodput) < 2 %\", max_seeds = 500,            -- --until, --max-seeds\n"
    "    figures = {\n"
    "      { \"lines\", x = \"loss\", y = \"goodput\", by = \"delay\", theory = \"mathis, pftk\",\n"
    "        yunit = \"Mbit/s\", log = \"xy\", file = \"goodput\" },\n"
    "    },\n"
    "  }\n"
    "\n"
    "What it leaves, in out/SCENARIO.study unless -o says otherwise:\n"
    "\n"
    "  results.csv      a row a run: point, seed, status, message, parameters, results (SI units)\n"
    "  summary.csv      a row a point and result: n, mean, sd, 95 % interval, quantiles\n"
    "  differences.csv  with --vs: the same of the differences between pairs of runs\n"
    "  study.db         SQLite: every run ever made there; the same command makes only what lacks\n"
    "  study.json       the plan: scenario, SHA-256, version, parameters and their values, seeds\n"
    "  figures/         roundtrip plot lines|heatmap|cdf|box|scatter DIR x=NAME y=NAME by=NAME\n";

static const char page_exit[] = "Exit status\n"
                                "  0    all well\n"
                                "  1    an expectation or a script failed, or diff found a "
                                "difference\n"
                                "  2    the command line or the scenario is wrong\n"
                                "  3    a file could not be read or written\n"
                                "  4    a limit was exceeded\n"
                                "  130  interrupted\n";

static const struct {
  const char *name, *summary, *text;
} pages[] = {
    {"scenario", "what a scenario file looks like", page_scenario},
    {"rules", "how packets are named: \"SYN#1\"", page_rules},
    {"units", "\"50 ms\", \"10 Mbit/s\", \"64 KiB\"", page_units},
    {"files", "what a run leaves", page_files},
    {"study", "many runs: what is varied, what is left", page_study},
    {"exit", "exit statuses", page_exit},
};

static void
print_overview(void)
{
  puts("Usage:\n  roundtrip COMMAND ...\n\n"
       "A network simulator for teaching and studying TCP, packet by packet.\n\nCommands:");
  for (const Command *const *command = commands(); *command != NULL; command++)
    printf("  %-5s %s\n", (*command)->name, (*command)->summary);
  puts("\nroundtrip COMMAND --help says more. Topics of roundtrip help:");
  for (size_t i = 0; i < G_N_ELEMENTS(pages); i++)
    printf("  %-9s %s\n", pages[i].name, pages[i].summary);
  puts("\nExample:\n  roundtrip run scenarios/handshake/syn-lost.lua");
}

static int
unknown_topic(const char *topic)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (const Command *const *command = commands(); *command != NULL; command++)
    g_ptr_array_add(names, (gpointer)(uintptr_t)(*command)->name);
  for (size_t i = 0; i < G_N_ELEMENTS(pages); i++)
    g_ptr_array_add(names, (gpointer)(uintptr_t)pages[i].name);
  g_ptr_array_add(names, NULL);
  GError *error = NULL;
  sim_error_unknown(&error, "topic of help", topic, (const char *const *)names->pdata);
  return cmd_fail(error);
}

static int
run(int argc, char **argv)
{
  const char *topic = argc > 1 ? argv[1] : NULL;
  if (topic == NULL || strcmp(topic, "--help") == 0 || strcmp(topic, "help") == 0) {
    print_overview();
    return EXIT_OK;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(pages); i++)
    if (strcmp(pages[i].name, topic) == 0) {
      fputs(pages[i].text, stdout);
      return EXIT_OK;
    }
  for (const Command *const *command = commands(); *command != NULL; command++)
    if (strcmp((*command)->name, topic) == 0) {
      char help[] = "--help";
      char *arguments[] = {argv[1], help, NULL};
      return (*command)->run(2, arguments);
    }
  return unknown_topic(topic);
}

const Command cmd_help = {
    .name = "help",
    .usage = "[TOPIC]",
    .summary = "this page, or one on a topic",
    .run = run,
};
