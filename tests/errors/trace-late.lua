at(0, function () trace { pcap = false } end)
