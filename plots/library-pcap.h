/* library-pcap: libpcap, which is loaded when the first capture is read (sim/library.h). */
#pragma once

#include "sim/library.h"

extern const SimLibrary library_pcap;
