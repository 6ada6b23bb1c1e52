# A queue for each flow, each under controlled delay.
s/^local queue = "300 pkt"            /local queue = { kind = "fq-codel" }/
