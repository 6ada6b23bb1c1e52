/* library-pcap: what we use of libpcap. */
#include "plots/library-pcap.h"

#include <pcap/pcap.h>

static const char *const files[] = {"libpcap.so.0.8", "libpcap.so.1", NULL}; /* Debian; elsewhere */

const SimLibrary library_pcap = {.name = "libpcap, which reads captures", .files = files};

#define STUB(type, name, parameters, arguments)                                                    \
  SIM_LIBRARY_STUB(&library_pcap, type, name, parameters, arguments)

STUB(void, pcap_close, (pcap_t * pcap), (pcap))
STUB(int, pcap_datalink, (pcap_t * pcap), (pcap))
STUB(const char *, pcap_datalink_val_to_name, (int link_type), (link_type))
STUB(char *, pcap_geterr, (pcap_t * pcap), (pcap))
STUB(int, pcap_next_ex, (pcap_t * pcap, struct pcap_pkthdr **header, const u_char **bytes),
     (pcap, header, bytes))
STUB(pcap_t *, pcap_fopen_offline_with_tstamp_precision,
     (FILE * file, u_int precision, char *message), (file, precision, message))
