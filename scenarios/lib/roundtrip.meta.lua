---@meta
-- The scenario language for lua-language-server. Made by `roundtrip help --meta` from the tables of the
-- program. Do not edit. scenarios/README.md says how an editor is told.

---a text with a unit, or a number in the SI unit
---@alias Quantity number|string

---"50 ms", or seconds
---@alias Time number|string

---"10 kB", "64 KiB", or bytes
---@alias Size number|string

---"100 pkt", or their number
---@alias Packets integer|string

---"10 Mbit/s", or bit/s
---@alias Rate number|string

---"1 %", or 0.01
---@alias Ratio number|string

---a time, as it is read
---@alias seconds number

---a size, as it is read
---@alias bytes number

---bits a second, as they are read
---@alias rate number

---any of them
---@alias Node Host|Router|Nat|Firewall|Middlebox

---exactly these packets: "SYN#1"; roundtrip help rules
---@alias PacketRule string|RuleFields|fun(packet: Packet): any

---is asked about each packet, and where it comes from
---@alias MiddleboxFunction fun(packet: Packet, from: string): any

---which packets are lost
---@alias Loss LossBernoulli|LossGilbertElliott|LossBurst|LossPeriodic|LossList|LossBitError|LossTrace|Ratio|fun(packet: Packet): any

---what is added to the delay; a time: anything up to that
---@alias Jitter JitterUniform|JitterNormal|JitterExponential|JitterPareto|JitterTrace|Time

---"100 pkt", "64 KiB", "1 BDP", "unlimited", or a discipline
---@alias Queue QueueDroptail|QueueRed|QueueCodel|QueueFqCodel|QueuePie|QueuePriority|QueueDrr|string

---its name and its settings: {"cubic", beta = 0.5}
---@alias CongestionSettings CcReno|CcDctcp|CcCubic|CcBbr|CcTahoe|CcNewreno|CcVegas|CcWestwood|CcLedbat|CcNone|table

---a size, or how it is drawn
---@alias SizeDistribution Size|"web-search"|"data-mining"|SizeDistributionOptions

---a time, or how it is drawn
---@alias TimeDistribution Time|TimeDistributionOptions

---each packet with the same probability, independently
---@class LossBernoulli
---@field kind "bernoulli" this model
---@field p? Ratio probability that a packet is lost; default: 0 %; from 0 to 1 (100 %)

---bursts, by a chain of a good and a bad state; with h = 0, k = 1 the rate is p/(p+r)
---@class LossGilbertElliott
---@field kind "gilbert-elliott" this model
---@field p? Ratio probability, each packet, of going from the good state to the bad one; default: 0 %; from 0 to 1 (100 %)
---@field r? Ratio probability of going back; a stay in the bad state is 1/r packets long; default: 100 %; from 0 to 1 (100 %)
---@field h? Ratio probability that a packet of the bad state arrives; default: 0 %; from 0 to 1 (100 %)
---@field k? Ratio probability that a packet of the good state arrives; default: 100 %; from 0 to 1 (100 %)

---bursts of a fixed length that begin at random
---@class LossBurst
---@field kind "burst" this model
---@field p? Ratio probability that a packet begins a burst; default: 0 %; from 0 to 1 (100 %)
---@field length? integer packets that a burst loses; default: 3; from 1 to 1000000000

---every so many packets, without chance
---@class LossPeriodic
---@field kind "periodic" this model
---@field every? integer packets from one loss to the next; default: 100; from 1 to 1000000000000000
---@field length? integer packets lost in a row; default: 1; from 1 to 1000000000000000
---@field first? integer number of the first packet that is lost; when not given: every; from 1 to 1000000000000000

---exactly these packets of the direction, counted from 1: {kind = "list", 3, 7}
---@class LossList
---@field kind "list" this model
---@field packets? number[] numbers of the packets that are lost; the name may be left out
---@field [integer] number packets may be written without its name

---packets with a wrong bit, by their length: 1 - (1 - ber)^bits
---@class LossBitError
---@field kind "bit-error" this model
---@field ber? Ratio probability that a bit is wrong, such as 1e-6; default: 0 %; from 0 to 1 (100 %)
---@field overhead? integer bytes of the frame besides the IP packet; default: 0; from 0 to 65535

---as recorded in a file, packet by packet
---@class LossTrace
---@field kind "trace" this model
---@field file? string a number a line: 0 for a packet that arrived, 1 for one that was lost
---@field repeat? boolean begin anew at the end of the file; default: true

---between low and high, each as likely
---@class JitterUniform
---@field kind "uniform" this model
---@field low? Time the least that is added to the delay; it may be negative; default: 0 s; from -1 h to 1 h
---@field high? Time the most; default: 0 s; from -1 h to 1 h
---@field reorder? boolean packets may pass each other (false)

---the normal distribution around a mean
---@class JitterNormal
---@field kind "normal" this model
---@field mean? Time what is added to the delay in the mean; 0 unless given; default: 0 s; from -1 h to 1 h
---@field deviation? Time standard deviation; default: 0 s; from 0 to 1 h
---@field reorder? boolean packets may pass each other (false)

---the exponential distribution: most little, few much
---@class JitterExponential
---@field kind "exponential" this model
---@field mean? Time what is added to the delay in the mean; default: 0 s; from 0 to 1 h
---@field reorder? boolean packets may pass each other (false)

---the Pareto distribution: a heavy tail
---@class JitterPareto
---@field kind "pareto" this model
---@field mean? Time what is added to the delay in the mean; default: 0 s; from 0 to 1 h
---@field shape? number of the tail: the nearer to 1, the heavier; default: 3; from 1.01 to 1000
---@field reorder? boolean packets may pass each other (false)

---as recorded in a file, packet by packet
---@class JitterTrace
---@field kind "trace" this model
---@field file? string a time in seconds a line, one for each packet
---@field reorder? boolean packets may pass each other (false)

---first in, first out; what finds the queue full is dropped
---@class QueueDroptail
---@field kind "droptail" this model
---@field packets? integer packets that may wait, the one being sent not counted; -1: any number; default: 100; from -1 to 1000000000
---@field bytes? integer IP bytes that may wait, the packet being sent not counted; -1: any number; from -1 to 1000000000000000
---@field mark? integer an ECN packet that finds so many waiting is marked, as DCTCP wants it; -1: never; from -1 to 1000000000

---random early detection, gentle and adaptive
---@class QueueRed
---@field kind "red" this model
---@field min? Packets mean length that begins to drop; 5 unless given; from 1 pkt to 1000000000 pkt
---@field max? Packets mean length at max_p; 3 min unless given; from 1 pkt to 1000000000 pkt
---@field max_p? Ratio share dropped at max; 10 % unless given; default: 10 %; from 0 to 1 (100 %)
---@field weight? Ratio of a new length in the mean; 0.002; from 1e-9 (1e-7 %) to 1 (100 %)
---@field limit? Packets packets that may wait; 100 unless given; default: 100 pkt; from 1 pkt to 1000000000 pkt
---@field mean_packet? integer bytes of a typical packet; 1000 unless given; default: 1000; from 1 to 65535
---@field gentle? boolean above max the share rises to 1 at 2 max, instead of at once; true unless given; default: true
---@field adaptive? boolean max_p follows, to keep the mean half way between min and max; default: false
---@field bytes? boolean measures in bytes, in units of mean_packet, and drops by size; default: false
---@field ecn? boolean marks instead of drops where the sender knows ECN; true unless given; default: true

---controlled delay (RFC 8289)
---@class QueueCodel
---@field kind "codel" this model
---@field target? Time the waiting time that is acceptable; 5 ms unless given; default: 5 ms
---@field interval? Time about the longest round trip; 100 ms unless given; default: 100 ms; from 1 us to 1 h
---@field ecn? boolean marks instead of drops where the sender knows ECN; true unless given; default: true
---@field limit? Packets packets that may wait; 1000 unless given; default: 1000 pkt; from 1 pkt to 1000000000 pkt

---a queue for each flow, each under controlled delay (RFC 8290)
---@class QueueFqCodel
---@field kind "fq-codel" this model
---@field target? Time the waiting time that is acceptable; 5 ms unless given; default: 5 ms
---@field interval? Time about the longest round trip; 100 ms unless given; default: 100 ms; from 1 us to 1 h
---@field ecn? boolean marks instead of drops where the sender knows ECN; true unless given; default: true
---@field limit? Packets packets that may wait over all flows; 10240 unless given; default: 10240 pkt; from 1 pkt to 1000000000 pkt
---@field flows? integer queues that flows are hashed to; 1024 unless given; default: 1024; from 1 to 65536
---@field quantum? integer IP bytes a flow sends in its turn; 1514 unless given; default: 1514; from 1 to 1000000000

---proportional integral controller enhanced (RFC 8033)
---@class QueuePie
---@field kind "pie" this model
---@field target? Time the waiting time to keep to; 15 ms unless given; default: 15 ms; from 0 to 1 h
---@field t_update? Time time between updates; 15 ms unless given; default: 15 ms; from 1 us to 1 h
---@field max_burst? Time a burst so long is let through; 150 ms unless given; default: 150 ms; from 0 to 1 h
---@field alpha? number weight of the distance to the target; 0.125 a second; default: 0.125; from 0 to 1000
---@field beta? number weight of its change; 1.25 a second; default: 1.25; from 0 to 1000
---@field ecn? boolean marks up to 10 % where the sender knows ECN; true unless given; default: true
---@field limit? Packets packets that may wait; 1000 unless given; default: 1000 pkt; from 1 pkt to 1000000000 pkt

---strict priority of classes = {rule, ...}, the first first; the rest comes last
---@class QueuePriority
---@field kind "priority" this model
---@field limit? Packets packets that may wait in each class; 100 unless given; default: 100 pkt; from 1 pkt to 1000000000 pkt
---@field classes? PacketRule[] classes of packets, in order, and one more for the rest

---deficit round robin between flows, or between classes = {rule, ...}
---@class QueueDrr
---@field kind "drr" this model
---@field quantum? integer IP bytes that a turn adds; 1500 unless given; default: 1500; from 1 to 1000000000
---@field weights? number[] of the classes and of the rest, by which the quantum is multiplied
---@field flows? integer queues that flows are hashed to, without classes; 1024 unless given; default: 1024; from 1 to 65536
---@field limit? Packets packets that may wait over all queues; 1000 unless given; default: 1000 pkt; from 1 pkt to 1000000000 pkt
---@field classes? PacketRule[] classes of packets, in order, and one more for the rest

---slow start and congestion avoidance, half the window after a loss (RFC 5681)
---@class CcReno
---@field [1] "reno" this model
---@field alpha? number segments that a round trip adds in congestion avoidance (RFC 5681: 1); default: 1; from 0.01 to 100
---@field beta? Ratio what a loss leaves of the window (RFC 5681: half); default: 50 %; from 0.1 (10 %) to 0.99 (99 %)
---@field beta_ecn? Ratio what a mark leaves of it, with the option abe (RFC 8511: 0.8); default: 80 %; from 0.1 (10 %) to 0.99 (99 %)
---@field per_ack? boolean an ACK counts as one segment, whatever it acknowledges (before RFC 3465); default: false
---@field constant? Ratio of a segment, that each ACK adds besides (4.3BSD-Reno: 1/8, see RFC 2525 2.3); default: 0 %; from 0 to 1 (100 %)

---the window comes down by the fraction of packets that were marked (RFC 8257)
---@class CcDctcp
---@field [1] "dctcp" this model
---@field g? Ratio weight of the last window's marks in alpha (RFC 8257 4.2: 1/16); default: 6.25 %; from 0.001 (0.1 %) to 1 (100 %)
---@field alpha? Ratio alpha before the first window is over (RFC 8257 3.3: 1); default: 100 %; from 0 to 1 (100 %)

---the window is a cubic function of the time since the last loss (RFC 9438)
---@class CcCubic
---@field [1] "cubic" this model
---@field c? number how steep the curve is, segments/s^3 (RFC 9438 5.1); default: 0.4; from 0.01 to 100
---@field beta? Ratio what a loss leaves of the window (RFC 9438 4.6); default: 70 %; from 0.1 (10 %) to 0.99 (99 %)
---@field beta_ecn? Ratio what a mark leaves of it, with the option abe (RFC 8511: 0.85); default: 85 %; from 0.1 (10 %) to 0.99 (99 %)
---@field fast_convergence? boolean a second loss at a smaller window makes room for others (RFC 9438 4.7); default: true
---@field tcp_friendliness? boolean the window is never below Reno's (RFC 9438 4.3); default: true
---@field hystart? "auto"|"off"|"linux"|"hystart++"|boolean how slow start ends; auto: Linux's in segments, RFC 9406's in bytes; default: auto

---a model of the path (bandwidth, least round trip) sets rate and window; version 1, as in Linux
---@class CcBbr
---@field [1] "bbr" this model
---@field startup_gain? number pacing over the bandwidth while it is being found (2/ln 2 doubles each round trip); default: 2.88671875; from 1.1 to 10
---@field cwnd_gain? number cwnd over the bandwidth-delay product; default: 2; from 1 to 10
---@field min_rtt_window? Time a least round trip older than this is measured anew (PROBE_RTT); default: 10 s; from 10 ms to 1 h
---@field probe_rtt? Time|"off"|boolean with four segments in flight for so long; default: 200 ms; from 1 ms to 10 s
---@field policers? boolean a token-bucket policer is looked for, and its rate kept; default: true
---@field ack_aggregation? boolean more cwnd where ACKs come in bunches; default: true

---slow start from one segment after every loss (4.3BSD, 1988)
---@class CcTahoe
---@field [1] "tahoe" this model
---@field alpha? number segments that a round trip adds in congestion avoidance (RFC 5681: 1); default: 1; from 0.01 to 100
---@field beta? Ratio what a loss leaves of the window (RFC 5681: half); default: 50 %; from 0.1 (10 %) to 0.99 (99 %)
---@field beta_ecn? Ratio what a mark leaves of it, with the option abe (RFC 8511: 0.8); default: 80 %; from 0.1 (10 %) to 0.99 (99 %)
---@field per_ack? boolean an ACK counts as one segment, whatever it acknowledges (before RFC 3465); default: false
---@field constant? Ratio of a segment, that each ACK adds besides (4.3BSD-Reno: 1/8, see RFC 2525 2.3); default: 0 %; from 0 to 1 (100 %)

---Reno that halves what is in flight, never cwnd (RFC 5681, RFC 6582)
---@class CcNewreno
---@field [1] "newreno" this model
---@field alpha? number segments that a round trip adds in congestion avoidance (RFC 5681: 1); default: 1; from 0.01 to 100
---@field beta? Ratio what a loss leaves of the window (RFC 5681: half); default: 50 %; from 0.1 (10 %) to 0.99 (99 %)
---@field beta_ecn? Ratio what a mark leaves of it, with the option abe (RFC 8511: 0.8); default: 80 %; from 0.1 (10 %) to 0.99 (99 %)
---@field per_ack? boolean an ACK counts as one segment, whatever it acknowledges (before RFC 3465); default: false
---@field constant? Ratio of a segment, that each ACK adds besides (4.3BSD-Reno: 1/8, see RFC 2525 2.3); default: 0 %; from 0 to 1 (100 %)

---keeps 2 to 4 segments in queues, seen by the round trip (Brakmo 1995, as in Linux)
---@class CcVegas
---@field [1] "vegas" this model
---@field alpha? integer fewer segments in queues than this: the window grows; default: 2; from 0 to 1000
---@field beta? integer more than this: it shrinks; default: 4; from 0 to 1000
---@field gamma? integer more than this: slow start is over; default: 1; from 0 to 1000

---after a loss, to the measured bandwidth times the least round trip (Westwood+)
---@class CcWestwood
---@field [1] "westwood" this model
---@field least_window? Time a sample of the bandwidth takes a round trip, and at least this; default: 50 ms; from 1 us to 10 s

---for the background: keeps its queue at a target and yields (RFC 6817)
---@class CcLedbat
---@field [1] "ledbat" this model
---@field target? Time queuing delay to keep (RFC 6817: 100 ms or less); default: 100 ms; from 1 us to 100 ms
---@field gain? number segments a round trip that an empty queue gains (RFC 6817: 1 or less); default: 1; from 0.01 to 1

---no congestion control: a fixed window
---@class CcNone
---@field [1] "none" this model
---@field window? Size|"auto" bytes in flight, at most; auto: by segments; default: auto; from 1 B to 1 TB
---@field segments? integer|"initial" the same in segments, when no window is given; initial: the initial window; default: initial; from 1 to 1000000000

-- Network

---host(name, {...})
---@class HostOptions
---@field address? string an IPv4 or IPv6 address, or "IPv4", "IPv6": the next that is free
---@field tcp? TcpOptions TCP of this host
---@field processing? Time|ProcessingOptions a delay before what arrives is handled

---router(name, {...})
---@class RouterOptions
---@field address? string an IPv4 or IPv6 address, or "IPv4", "IPv6": the next that is free
---@field processing? Time|ProcessingOptions a delay before what arrives is handled

---a delay that is drawn anew for each packet: processing = {kind = ...}
---@class ProcessingOptions
---@field kind "constant"|"uniform"|"exponential"|"normal"|"pareto" which distribution
---@field from? Time uniform: the least; default: 0 s
---@field to? Time uniform: the most; default: 0 s
---@field mean? Time constant, exponential, normal, pareto: the mean; default: 0 s
---@field deviation? Time normal: the standard deviation; default: 0 s
---@field shape? number pareto: how soon long ones become rare; default: 2; from 1.001 to 1000000

---an end system
---@class Host
---@field name string as it was given
---@field address string "10.0.0.1"
local Host = {}

---begins an application: a coroutine of the host, from now on
---@param application fun()
function Host:start(application) end

---a listener; with a handler each connection gets a coroutine of its own, without one listener:accept() gives them
---@param port integer
---@param handler? fun(conn: Connection)|ListenOptions
---@param options? ListenOptions
---@return Listener
function Host:listen(port, handler, options) end

---waits until the connection is there; or nil and "timed out", "refused", "reset" or "unreachable"
---@param destination Node|string
---@param port integer
---@param options? ConnectOptions
---@return Connection?
---@return string?
function Host:connect(destination, port, options) end

---a socket for datagrams; without a port the next that is free
---@param port? integer
---@param options? UdpOptions
---@return UdpSocket
function Host:udp(port, options) end

---waits until each echo request was answered or is late
---@param destination Node|string
---@param options? PingOptions
---@return PingResult
function Host:ping(destination, options) end

---waits until the destination answers a probe, or there are too many hops
---@param destination Node|string
---@param options? TracerouteOptions
---@return TracerouteResult
function Host:traceroute(destination, options) end

---puts one TCP packet on the wire that belongs to no connection; sequence numbers as on the wire
---@param fields InjectFields
function Host:inject(fields) end

---forgets every connection without a word and keeps its listeners
function Host:restart() end

---what goes to that node, address or prefix leaves by this neighbour
---@param prefix Node|string
---@param next_hop Node
function Host:route(prefix, next_hop) end

---a node that forwards
---@class Router
---@field name string as it was given
---@field address string "10.0.0.1"
local Router = {}

---what goes to that node, address or prefix leaves by this neighbour
---@param prefix Node|string
---@param next_hop Node
function Router:route(prefix, next_hop) end

---an end system; addresses are given out (10.0.0.1 ...) unless set
---@param name string
---@param options? HostOptions
---@return Host
function host(name, options) end

---a node that forwards, by the least delay unless a route is set; equal ways are shared by flow
---@param name string
---@param options? RouterOptions
---@return Router
function router(name, options) end

---what a best way is: least delay (until it is said), or fewest hops
---@param metric "delay"|"hops"
function routing(metric) end

-- Links

---link(a, b, {...}); all but forward and backward may be assigned while the run goes on
---@class LinkOptions
---@field delay? Time propagation, one way; default: 0 s
---@field mtu? Size the largest IP packet; default: 1500 B; from 68 B to 65.535 kB
---@field overhead? Size what each packet takes on the wire beyond its IP length; default: 0 B; from 0 to 65.535 kB
---@field corrupt? Ratio share of packets that arrive with a wrong checksum; default: 0 %; from 0 to 1 (100 %)
---@field duplicate? Ratio share of packets that arrive twice; default: 0 %; from 0 to 1 (100 %)
---@field rate? Rate|"unlimited"|RateTrace bits that leave in a second (unlimited)
---@field queue? Queue what waits before the transmitter ("100 pkt")
---@field loss? Loss which packets are lost (none)
---@field jitter? Jitter what is added to the delay of each packet (nothing)
---@field reorder? Ratio|ReorderOptions share of packets that let others pass (none)
---@field policer? false|TokenBucket drops before the queue what comes too fast (none)
---@field shaper? false|TokenBucket lets wait behind the queue what comes too fast (none)
---@field forward? DirectionOptions options of the direction from a to b alone
---@field backward? DirectionOptions options of the direction from b to a alone

---one direction of a link; each may be assigned while the run goes on
---@class DirectionOptions
---@field delay? Time propagation, one way; default: 0 s
---@field mtu? Size the largest IP packet; default: 1500 B; from 68 B to 65.535 kB
---@field overhead? Size what each packet takes on the wire beyond its IP length; default: 0 B; from 0 to 65.535 kB
---@field corrupt? Ratio share of packets that arrive with a wrong checksum; default: 0 %; from 0 to 1 (100 %)
---@field duplicate? Ratio share of packets that arrive twice; default: 0 %; from 0 to 1 (100 %)
---@field rate? Rate|"unlimited"|RateTrace bits that leave in a second (unlimited)
---@field queue? Queue what waits before the transmitter ("100 pkt")
---@field loss? Loss which packets are lost (none)
---@field jitter? Jitter what is added to the delay of each packet (nothing)
---@field reorder? Ratio|ReorderOptions share of packets that let others pass (none)
---@field policer? false|TokenBucket drops before the queue what comes too fast (none)
---@field shaper? false|TokenBucket lets wait behind the queue what comes too fast (none)

---rate = {trace = "file"}
---@class RateTrace
---@field trace? string a file in Mahimahi's format: a line is a time in ms at which 1,500 bytes may leave; it is repeated

---reorder = {...} of a link
---@class ReorderOptions
---@field probability? Ratio share of packets that wait; from 0 to 1 (100 %)
---@field distance? integer until so many have passed (1, unless delay is given); from 1 to 1000000
---@field delay? Time but no longer than this (100 ms); alone: they are late by it; from 0 to 1 h

---policer = {...} and shaper = {...} of a link
---@class TokenBucket
---@field rate? Rate tokens, in bits a second; it has to be said; from 1 bit/s to 1000 Tbit/s
---@field burst? Size what may pass at once; default: 15 kB; from 1 B to 1 TB

---a rule as a table: packets of which all of this is true
---@class RuleFields
---@field seq? integer sequence number, relative to the first; from 0 to 4294967295
---@field ack? integer acknowledgment number, likewise; from 0 to 4294967295
---@field len? Size payload; from 0 to 65.535 kB
---@field sport? integer source port; from 1 to 65535
---@field dport? integer destination port; from 1 to 65535
---@field number? integer of the packets that are as the rest says, the so-many-th alone; from 1 to 1000000000000000
---@field flags? string exactly these: "SYN+ACK", "none"
---@field from? Host|string who sent it

---the last argument of drop, hold, copy, damage and mark
---@class RuleWindow
---@field from? Time the rule holds from then on; default: 0 s
---@field to? Time the rule holds until then

---link:hold(rule, {behind = n})
---@class RuleBehind
---@field behind? integer until so many later packets have passed; from 1 to 1000000

---a wire between two nodes
---@class Link
---@field name string "client-server"
---@field forward Direction from the first to the second
---@field backward Direction from the second to the first
---@field delay Time propagation, one way; default: 0 s
---@field mtu Size the largest IP packet; default: 1500 B; from 68 B to 65.535 kB
---@field overhead Size what each packet takes on the wire beyond its IP length; default: 0 B; from 0 to 65.535 kB
---@field corrupt Ratio share of packets that arrive with a wrong checksum; default: 0 %; from 0 to 1 (100 %)
---@field duplicate Ratio share of packets that arrive twice; default: 0 %; from 0 to 1 (100 %)
---@field rate Rate|"unlimited"|RateTrace bits that leave in a second (unlimited)
---@field queue Queue what waits before the transmitter ("100 pkt")
---@field loss Loss which packets are lost (none)
---@field jitter Jitter what is added to the delay of each packet (nothing)
---@field reorder Ratio|ReorderOptions share of packets that let others pass (none)
---@field policer false|TokenBucket drops before the queue what comes too fast (none)
---@field shaper false|TokenBucket lets wait behind the queue what comes too fast (none)
local Link = {}

---loses exactly these packets
---@param rule PacketRule
---@param window? RuleWindow
---@return Rule
function Link:drop(rule, window) end

---delays them by so much more, or until so many later ones have passed
---@param rule PacketRule
---@param time_or_behind Time|RuleBehind
---@param window? RuleWindow
---@return Rule
function Link:hold(rule, time_or_behind, window) end

---delivers them twice, the copy so much later
---@param rule PacketRule
---@param after? Time|RuleWindow
---@param window? RuleWindow
---@return Rule
function Link:copy(rule, after, window) end

---delivers them with a wrong checksum
---@param rule PacketRule
---@param window? RuleWindow
---@return Rule
function Link:damage(rule, window) end

---marks them with CE, as a congested router does
---@param rule PacketRule
---@param window? RuleWindow
---@return Rule
function Link:mark(rule, window) end

---cuts it: what is under way is lost
function Link:down() end

---restores it
function Link:up() end

---stops the transmitter: the queue waits, and may overflow
function Link:pause() end

---lets the transmitter go on
function Link:resume() end

---the direction that ends there
---@param node Node
---@return Direction
function Link:toward(node) end

---one direction of a link, with its counters
---@class Direction
---@field name string "client>server"
---@field rate rate|Rate|"unlimited"|RateTrace bit/s; 0: unlimited
---@field delay seconds|Time propagation
---@field mtu bytes|Size the largest IP packet
---@field overhead bytes|Size beyond the IP length
---@field corrupt number|Ratio share of packets
---@field duplicate number|Ratio share of packets
---@field queue_packets integer packets that wait now
---@field queue_bytes bytes bytes that wait now
---@field sent_packets integer what a node has handed to it, before the queue
---@field sent_bytes bytes the same in bytes
---@field delivered_packets integer what arrived
---@field delivered_bytes bytes the same in bytes
---@field dropped_packets integer what was lost, for any reason
---@field dropped_queue integer by the queue
---@field dropped_loss integer by the loss model
---@field dropped_rule integer by a rule
---@field dropped_down integer because the link was down
---@field dropped_policer integer by the policer
---@field corrupted integer delivered with a wrong checksum
---@field duplicated integer delivered once more
---@field held integer delayed by a rule or by reordering
---@field reordered integer passed by one that was sent later
---@field marked integer marked with CE
---@field queue Queue what waits before the transmitter ("100 pkt")
---@field loss Loss which packets are lost (none)
---@field jitter Jitter what is added to the delay of each packet (nothing)
---@field reorder Ratio|ReorderOptions share of packets that let others pass (none)
---@field policer false|TokenBucket drops before the queue what comes too fast (none)
---@field shaper false|TokenBucket lets wait behind the queue what comes too fast (none)
local Direction = {}

---loses exactly these packets
---@param rule PacketRule
---@param window? RuleWindow
---@return Rule
function Direction:drop(rule, window) end

---delays them by so much more, or until so many later ones have passed
---@param rule PacketRule
---@param time_or_behind Time|RuleBehind
---@param window? RuleWindow
---@return Rule
function Direction:hold(rule, time_or_behind, window) end

---delivers them twice, the copy so much later
---@param rule PacketRule
---@param after? Time|RuleWindow
---@param window? RuleWindow
---@return Rule
function Direction:copy(rule, after, window) end

---delivers them with a wrong checksum
---@param rule PacketRule
---@param window? RuleWindow
---@return Rule
function Direction:damage(rule, window) end

---marks them with CE, as a congested router does
---@param rule PacketRule
---@param window? RuleWindow
---@return Rule
function Direction:mark(rule, window) end

---cuts it: what is under way is lost
function Direction:down() end

---restores it
function Direction:up() end

---stops the transmitter: the queue waits, and may overflow
function Direction:pause() end

---lets the transmitter go on
function Direction:resume() end

---a rule on a link
---@class Rule
---@field hits integer how often it has matched
---@field text string as it was written
local Rule = {}

---what rules, loss functions and middleboxes are asked about, while they are; only a middlebox may assign
---@class Packet
---@field flags string "SYN", "PSH+ACK"; TCP only, as all that follows it but the ports is (may be assigned)
---@field seq integer relative to the initial one
---@field ack integer? relative; nil without the flag ACK
---@field seq_raw integer as on the wire (may be assigned)
---@field ack_raw integer as on the wire (may be assigned)
---@field len bytes payload
---@field size bytes IP length
---@field src string source address (may be assigned)
---@field dst string destination address (may be assigned)
---@field sport integer? source port, of TCP and UDP (may be assigned)
---@field dport integer? destination port (may be assigned)
---@field win bytes window, after scaling (may be assigned)
---@field ttl integer time to live, hop limit (may be assigned)
---@field from string? name of the node that has the source address
---@field to string? name of the node that has the destination address
---@field retransmit integer 0: sent for the first time; else which retransmission
---@field protocol "TCP"|"UDP"|"ICMP" which
---@field ecn integer 0 to 3; 3 is CE (may be assigned)
---@field dscp integer 0 to 63 (may be assigned)
---@field icmp string? what an ICMP message says: "time exceeded"
---@field mss integer? the option, nil: not there (may be assigned)
---@field sack_permitted boolean? the option; it can be taken out (may be assigned)
---@field timestamps boolean? the option; it can be taken out (may be assigned)
---@field window_scale integer? the option (may be assigned)
---@field dont_fragment boolean routers may not cut it (may be assigned)
---@field sack boolean? the option; it can be taken out (may be assigned)
---@field fastopen boolean? the option; it can be taken out (may be assigned)
---@field accecn boolean? the option; it can be taken out (may be assigned)
local Packet = {}

---a full-duplex link, called "a-b", a second one "a-b.2"
---@param a Node
---@param b Node
---@param options? LinkOptions
---@return Link
function link(a, b, options) end

-- Middleboxes

---nat(name, {...})
---@class NatOptions
---@field mapping? "endpoint independent"|"address dependent"|"address and port dependent" what shares a port of the box: all that an end inside sends, or by where to; default: endpoint independent
---@field filtering? "endpoint independent"|"address dependent"|"address and port dependent" who may use the port from outside: all, or those that were sent to; default: address dependent
---@field first_port? integer ports of the box from here on; default: 1024; from 1 to 65535
---@field last_port? integer up to here; default: 65535; from 1 to 65535
---@field keep_port? boolean the port that the host uses, if it is free; default: true
---@field opening_timeout? Time TCP: an opening without an answer is forgotten; default: 240 s
---@field established_timeout? Time TCP: an open connection that is silent; default: 124 min
---@field closing_timeout? Time TCP: one that both have closed, or that was reset; default: 240 s
---@field udp_timeout? Time UDP: nobody has answered; default: 300 s
---@field udp_stream_timeout? Time UDP: both have sent; default: 300 s
---@field icmp_timeout? Time echo requests; default: 60 s
---@field inside? Node|string|(Node|string)[] the neighbours inside; the others are outside
---@field outside? Node|string|(Node|string)[] or the neighbours outside
---@field address? string an address of its own, which the hosts inside share
---@field processing? Time|ProcessingOptions a delay before what arrives is handled

---firewall(name, {...})
---@class FirewallOptions
---@field inbound? "accept"|"drop"|"reject"|"reset" what becomes of a flow from outside that no rule means; default: drop
---@field outbound? "accept"|"drop"|"reject"|"reset" the same of one from inside; default: accept
---@field stateful? boolean a flow that may begin may go on, in both directions; default: true
---@field midstream? boolean TCP of an unknown flow that opens none is judged too, and not dropped; default: true
---@field most_flows? integer that are remembered; what begins then is dropped; default: 65536; from 1 to 1000000000
---@field opening_timeout? Time TCP: an opening without an answer is forgotten; default: 120 s
---@field established_timeout? Time TCP: an open connection that is silent; default: 120 h
---@field closing_timeout? Time TCP: one that both have closed, or that was reset; default: 120 s
---@field udp_timeout? Time UDP: nobody has answered; default: 30 s
---@field udp_stream_timeout? Time UDP: both have sent; default: 120 s
---@field icmp_timeout? Time echo requests; default: 30 s
---@field inside? Node|string|(Node|string)[] the neighbours inside; the others are outside
---@field outside? Node|string|(Node|string)[] or the neighbours outside
---@field address? string an IPv4 or IPv6 address
---@field processing? Time|ProcessingOptions a delay before what arrives is handled
---@field rules? FirewallRule[] the first that means a packet counts

---rules = {...} of a firewall
---@class FirewallRule
---@field [1] "accept"|"drop"|"reject"|"reset" what becomes of the packet
---@field direction? "both"|"in"|"out" coming in, or going out; default: both
---@field protocol? "any"|"TCP"|"UDP"|"ICMP" of which protocol; default: any
---@field from? Node|string source: a node, an address or a prefix
---@field to? Node|string destination, likewise
---@field from_port? integer|string source port, or "1000-2000"
---@field port? integer|string destination port, likewise
---@field match? PacketRule what a rule on a link would mean

---middlebox(name, function, {...})
---@class MiddleboxOptions
---@field address? string an IPv4 or IPv6 address
---@field processing? Time|ProcessingOptions a delay before what arrives is handled

---nat:forward(port, to, to_port, {...})
---@class ForwardOptions
---@field protocol? "TCP"|"UDP" of which protocol the port is; default: TCP

---a router behind which hosts share one IPv4 address
---@class Nat
---@field name string as it was given
---@field address string its address
---@field looked_at integer packets that it was asked about
---@field dropped integer packets that it dropped
---@field mappings integer those there are now
---@field most_mappings integer the most at once
---@field mappings_made integer all there have been
local Nat = {}

---what comes from outside to that port is for the host
---@param port integer
---@param to Node|string
---@param to_port? integer|ForwardOptions
---@param options? ForwardOptions
function Nat:forward(port, to, to_port, options) end

---what goes to that node, address or prefix leaves by this neighbour
---@param prefix Node|string
---@param next_hop Node
function Nat:route(prefix, next_hop) end

---a router that drops what its rules say
---@class Firewall
---@field name string as it was given
---@field address string its address
---@field looked_at integer packets that it was asked about
---@field dropped integer packets that it dropped
---@field flows integer those that it remembers now
---@field accepted integer packets that passed
local Firewall = {}

---how many packets the so-many-th rule meant
---@param number integer
---@return integer
function Firewall:hits(number) end

---what goes to that node, address or prefix leaves by this neighbour
---@param prefix Node|string
---@param next_hop Node
function Firewall:route(prefix, next_hop) end

---a router that asks a function about each packet
---@class Middlebox
---@field name string as it was given
---@field address string its address
---@field looked_at integer packets that it was asked about
---@field dropped integer packets that it dropped
local Middlebox = {}

---what goes to that node, address or prefix leaves by this neighbour
---@param prefix Node|string
---@param next_hop Node
function Middlebox:route(prefix, next_hop) end

---hosts inside share its IPv4 address, ports are translated
---@param name string
---@param options NatOptions
---@return Nat
function nat(name, options) end

---what no rule means may begin from inside only; the rest of a flow that may begin passes
---@param name string
---@param options FirewallOptions
---@return Firewall
function firewall(name, options) end

---asks the function about each packet: it may change the packet, and drops it by returning false, or a text that says why
---@param name string|MiddleboxFunction
---@param ask? MiddleboxFunction|MiddleboxOptions
---@param options? MiddleboxOptions
---@return Middlebox
function middlebox(name, ask, options) end

-- Ready topologies

---dumbbell{...}
---@class DumbbellOptions
---@field left? integer hosts on the left (1)
---@field right? integer hosts on the right (as many)
---@field bottleneck? LinkOptions the link between the routers (10 Mbit/s, 20 ms)
---@field access? LinkOptions the links of hosts (1 Gbit/s, 1 ms)
---@field tcp? TcpOptions TCP of all hosts
---@field address? string "IPv6": addresses of that family
---@field prefix? string before the name of each node

---star{...}
---@class StarOptions
---@field hosts? integer around the router (4)
---@field link? LinkOptions each link (100 Mbit/s, 1 ms)
---@field tcp? TcpOptions TCP of all hosts
---@field address? string "IPv6": addresses of that family
---@field prefix? string before the name of each node

---chain{...}
---@class ChainOptions
---@field routers? integer between the two hosts (2)
---@field link? LinkOptions each link (10 Mbit/s, 10 ms)
---@field access? LinkOptions those of the hosts (as the others)
---@field tcp? TcpOptions TCP of all hosts
---@field address? string "IPv6": addresses of that family
---@field prefix? string before the name of each node

---parking_lot{...}
---@class ParkingLotOptions
---@field hops? integer links between routers (3)
---@field bottleneck? LinkOptions each of them (10 Mbit/s, 10 ms)
---@field access? LinkOptions the links of hosts (1 Gbit/s, 1 ms)
---@field tcp? TcpOptions TCP of all hosts
---@field address? string "IPv6": addresses of that family
---@field prefix? string before the name of each node

---fat_tree{...}
---@class FatTreeOptions
---@field k? integer pods, an even number (4)
---@field link? LinkOptions each link (1 Gbit/s, 5 us)
---@field tcp? TcpOptions TCP of all hosts
---@field address? string "IPv6": addresses of that family
---@field prefix? string before the name of each node

---graphml{...}
---@class GraphmlOptions
---@field link? LinkOptions each link (10 Gbit/s)
---@field delay? Time of links whose ends have no coordinates (1 ms)
---@field hosts? boolean a host beside each router (false)
---@field access? LinkOptions the links of hosts (10 Gbit/s)
---@field tcp? TcpOptions TCP of all hosts
---@field address? string "IPv6": addresses of that family
---@field prefix? string before the name of each node

---what dumbbell returns
---@class Dumbbell
---@field left Host[] on the left
---@field right Host[] on the right
---@field routers Router[] both
---@field bottleneck Link between them
---@field access Link[] of the hosts

---what star returns
---@class Star
---@field hub Router in the middle
---@field hosts Host[] around it
---@field links Link[] of the hosts

---what chain returns
---@class Chain
---@field first Host at one end
---@field last Host at the other
---@field routers Router[] between them
---@field links Link[] from first to last

---what parking_lot returns
---@class ParkingLot
---@field first Host crosses every hop
---@field last Host to here
---@field sources Host[] each crosses one hop
---@field sinks Host[] to here
---@field bottlenecks Link[] the hops
---@field routers Router[] between them
---@field access Link[] of the hosts

---what fat_tree returns
---@class FatTree
---@field hosts Host[] k^3 / 4 of them
---@field edge Router[] switches beside hosts
---@field aggregation Router[] switches of the pods
---@field core Router[] switches between pods
---@field links Link[] all

---what graphml returns
---@class Graphml
---@field routers Router[] a node of the file each
---@field hosts Host[] beside them, when asked for
---@field links Link[] an edge of the file each
---@field nodes table<string, Router> by label
---@field name string? of the network

---hosts on both sides of one link
---@param options? DumbbellOptions
---@return Dumbbell
function dumbbell(options) end

---hosts around a router
---@param options? StarOptions
---@return Star
function star(options) end

---two hosts with routers in a row between them
---@param options? ChainOptions
---@return Chain
function chain(options) end

---a flow over several hops, and one of its own over each hop
---@param options? ParkingLotOptions
---@return ParkingLot
function parking_lot(options) end

---the network of a data centre
---@param options? FatTreeOptions
---@return FatTree
function fat_tree(options) end

---a network from a file in the form of the Topology Zoo; delays from coordinates, rates from LinkSpeedRaw
---@param file string
---@param options? GraphmlOptions
---@return Graphml
function graphml(file, options) end

-- Time

---the simulated time
---@return seconds
function now() end

---waits
---@param time Time
function sleep(time) end

---calls the function at that time
---@param time Time
---@param action fun()
function at(time, action) end

---calls it each period from now on, until it returns false; it does not keep a run alive
---@param period Time
---@param action fun(): boolean?
function every(period, action) end

---begins a coroutine of the scenario, now
---@param action fun()
function spawn(action) end

---ends the run at that time
---@param time Time
function stop_at(time) end

---ends the run now
function stop() end

-- TCP sockets

---host:connect(destination, port, {...})
---@class ConnectOptions
---@field timeout? Time give up after this
---@field from_port? integer the port of this end (the next that is free); from 1 to 65535
---@field tcp? TcpOptions TCP of this connection
---@field fastopen? Size|string bytes, or a text, that go with the SYN when a cookie is known, else behind the handshake

---host:listen(port, handler, {...})
---@class ListenOptions
---@field backlog? integer how many connections may wait for accept, and how many openings for their end
---@field tcp? TcpOptions TCP of the connections that are accepted

---conn:close{...}, as with SO_LINGER
---@class CloseOptions
---@field linger? Time 0: reset; else wait so long at most until the peer has everything

---tcp = {...} of a host, a listener, a connection or a load; the nearest wins
---@class TcpOptions
---@field mss? Size|"auto" bytes of data in a segment without options; auto: from the MTU; default: auto; from 64 B to 65.495 kB
---@field peer_mss_floor? Size an MSS of the peer's that is smaller counts as this (Linux: tcp_min_snd_mss); default: 48 B; from 8 B to 536 B
---@field initial_window? integer|"rfc3390" segments before the first ACK; default: 10; from 1 to 1000000
---@field slow_start_limit? integer|"off"|boolean segments that one ACK may add in slow start; default: off; from 1 to 1000000
---@field cwnd_counts_segments? boolean a short segment takes as much of cwnd as a full one; default: true
---@field threshold_from_cwnd? boolean a loss halves cwnd itself, not what is in flight; default: true
---@field syn_losses_forgiven? integer lost SYNs that leave the initial window as it is; default: 1; from 0 to 255
---@field window_scale? integer|"off"|"auto"|"on"|boolean shift of our window; auto: as the buffer needs; default: 7; from 0 to 14
---@field timestamps? boolean offer and use timestamps (RFC 7323); default: true
---@field sack? boolean offer selective acknowledgements (RFC 2018); default: true
---@field dsack? boolean report duplicates by SACK (RFC 2883); default: true
---@field initial_rto? Time time-out before the first round-trip sample (RFC 6298); default: 1 s; from 1 us to 1 h
---@field min_rto? Time floor of the time-out; default: 200 ms; from 0 to 1 h
---@field max_rto? Time ceiling of the time-out with its back-off; default: 120 s; from 1 ms to 24 h
---@field rto_variances? integer variances above srtt that the time-out is (RFC 6298: K = 4); default: 4; from 1 to 16
---@field timer_tick? Time|"off"|boolean the slow clock in whose ticks BSD counts time-outs and round trips; default: off; from 1 us to 10 s
---@field syn_backoff_from? Time|"auto" half of the handshake's second time-out; auto: initial_rto; default: auto; from 1 us to 1 h
---@field connect_timeout? Time|"off"|"none"|boolean a handshake that lasts longer is given up; default: off; from 1 ms to 24 h
---@field persist_min? Time floor of the persist timer; default: 0 s; from 0 to 1 h
---@field persist_max? Time|"auto" ceiling of the persist timer; auto: max_rto; default: auto; from 1 ms to 24 h
---@field rto_floor_on_variance? boolean the floor is under 4 rttvar, not under the sum; default: true
---@field syn_retries? integer SYN retransmissions with back-off; default: 6; from 0 to 127
---@field syn_linear_timeouts? integer SYN retransmissions before back-off starts, in addition; default: 4; from 0 to 127
---@field syn_after_bad_ack? Time|"off"|"none"|boolean the first SYN goes out again so soon after an ACK of something never sent (Linux); default: 8 ms; from 1 us to 1 h
---@field synack_retries? integer SYN+ACK retransmissions; default: 5; from 0 to 127
---@field retries? integer data retransmissions until the connection is given up; default: 15; from 0 to 127
---@field retries_as_time? boolean give up after the time that many retries from min_rto take; default: true
---@field orphan_retries? integer the same once the application has closed; default: 8; from 0 to 127
---@field backlog? integer connections waiting to be accepted, less one; and half-open ones, less one; default: 128; from 0 to 1000000
---@field backlog_max? integer|"off"|"none"|boolean a greater backlog counts as this (somaxconn); default: 4096; from 0 to 1000000
---@field syn_backlog? integer|"off"|"none"|boolean without cookies three quarters of this many may be half-open (tcp_max_syn_backlog); default: 1024; from 0 to 1000000
---@field syn_cookies? "off"|"when full"|"always"|boolean answer a SYN without keeping anything (RFC 4987): never, when its queue is full, or always; default: when full
---@field listen_drops_syn_fin? boolean a listener drops a SYN with a FIN (Linux); default: true
---@field listen_close_resets? boolean closing a listener resets its half-open connections; else what comes for them does; default: false
---@field syn_queue_prunes? boolean while the SYN queue is half full, old entries get fewer SYN+ACKs; default: true
---@field fastopen? "off"|"client"|"server"|"on"|boolean data in the SYN (RFC 7413): asked for, granted, or both; default: off
---@field defer_accept? Time|"off"|boolean a connection is ready when it has data, or after so long (TCP_DEFER_ACCEPT); default: off; from 0 to 1 h
---@field delayed_ack? Time|"off"|boolean longest delay of an ACK (RFC 1122: below 0.5 s); default: 40 ms; from 0 to 500 ms
---@field ack_tick? boolean a delayed ACK leaves with the next tick of a clock of that period (BSD); default: false
---@field quick_acks? boolean the first segments of a flow are acknowledged one by one (Linux); default: true
---@field cautious_window? boolean the offer begins below the buffer, opens with what comes, and shuts below a segment (Linux); default: true
---@field nagle? boolean a short segment waits while data is unacknowledged (RFC 1122 4.2.3.4); default: true
---@field minshall? boolean Nagle waits only behind another short segment; default: true
---@field cork? boolean less than a segment waits, for at most one time-out (TCP_CORK); default: false
---@field probe_with_data? boolean a window probe carries one new byte; default: false
---@field limited_transmit? boolean the first duplicate ACKs let out new data (RFC 3042); default: true
---@field newreno? boolean partial ACKs are answered (RFC 6582), where there is no SACK; default: true
---@field keeps_inflation? boolean a recovery of just three duplicate ACKs leaves them in cwnd (BSD, an error); default: false
---@field prr? boolean the window comes down as ACKs arrive (RFC 9937); default: true
---@field rack? boolean losses are found by time (RFC 8985); default: true
---@field last_resort? boolean without rack, when nothing else may go: what may be lost, and once the last (RFC 6675); default: false
---@field tail_loss_probe? boolean a probe for the tail before the time-out (RFC 8985); default: true
---@field frto? boolean a time-out may prove spurious (RFC 5682); default: true
---@field undo? boolean a needless cut is taken back (RFC 3522, RFC 3708); default: true
---@field time_wait? Time TIME-WAIT, 2 MSL; default: 60 s; from 0 to 1 h
---@field fin_timeout? Time|"off"|"none"|boolean FIN-WAIT-2 once the application has closed; default: 60 s; from 0 to 24 h
---@field fin_wait_2_bucket? boolean it is kept like a TIME-WAIT: a reset or SYN anywhere in the window ends it (Linux); default: true
---@field reset_for_gap_fin? boolean once closed, a FIN beyond a gap draws a reset, as data does (Linux); default: true
---@field time_wait_reuse? "off"|"loopback"|"on"|boolean connecting takes over a TIME-WAIT that is a second old (timestamps keep it safe); default: loopback
---@field time_wait_drops_syn? boolean a SYN that may not reopen a TIME-WAIT draws no answer (RFC 6191); default: false
---@field linger? Time|"off"|"none"|boolean SO_LINGER: how long close() waits for the end; 0: it resets; default: off; from 0 to 65535 s
---@field max_orphans? integer|"off"|"none"|boolean closed connections of a host that still send; one more is reset; default: 32768; from 0 to 1000000000
---@field send_buffer? Size bytes written and not yet acknowledged; default: 85 KiB; from 1 B to 1 TB
---@field receive_buffer? Size bytes that can be stored; default: 82 kB; from 1 B to 1.07372544 GB
---@field autotune? boolean buffers grow with the path; default: true
---@field send_buffer_max? Size to this, when autotuned; default: 4 MiB; from 1 B to 1 TB
---@field receive_buffer_max? Size to this, when autotuned; default: 3 MiB; from 1 B to 1.07372544 GB
---@field receive_memory? Size|"off"|boolean memory of the receive buffer, of which segments take their true size (Linux); default: off; from 1 B to 2.147483647 GB
---@field trim_to_window? boolean the part inside the window is taken of a segment that crosses its right edge; default: false
---@field keep_larger_window? boolean a segment that acknowledges nothing new does not lower the peer's window; default: true
---@field fin_holds_data? boolean the last data waits while the FIN behind it does not fit the peer's window; default: true
---@field drop_without_timestamp? boolean a segment without the timestamp that was agreed on is dropped (RFC 7323 3.2); default: false
---@field ecn? "off"|"passive"|"on"|"accurate"|boolean congestion marks: off, when the peer asks, asked for (RFC 3168), or counted (RFC 9768); default: passive
---@field abe? boolean a mark cuts less than a loss: reno to 0.8, cubic to 0.85 (RFC 8511); default: false
---@field user_timeout? Time|"off"|"none"|boolean data unacknowledged, or kept by a shut window, for so long ends it (RFC 5482); default: off; from 1 ms to 24 h
---@field idle_restart? boolean back to the initial window after idling longer than the time-out (RFC 5681 4.1); default: true
---@field cwnd_validation? "off"|"linux"|"rfc7661"|boolean cwnd that is not used: may grow, may not (and decays), or is kept for 5 min (RFC 7661); default: linux
---@field pacing? "auto"|"on"|"off"|boolean data leaves at a rate: where the congestion control asks for it (bbr), or always; default: auto
---@field pacing_ss_ratio? number that rate over cwnd / srtt in slow start, unless congestion control sets it; default: 2; from 0.1 to 10
---@field pacing_ca_ratio? number the same from half of ssthresh on; default: 1.2; from 0.1 to 10
---@field max_pacing_rate? Rate|"unlimited"|"off"|boolean data leaves no faster; turns pacing on where it is auto (SO_MAX_PACING_RATE); default: unlimited
---@field challenge_ack? boolean doubtful resets and SYNs are answered by an ACK (RFC 5961); default: true
---@field reset_beyond_hole? boolean a reset right behind the last data that came out of order counts, too (Linux); default: true
---@field reset_after_fin? boolean a reset with the number of the peer's FIN counts, too (Linux, for macOS); default: true
---@field reset_for_half_open_syn? boolean another SYN in the window of a half-open connection draws a reset (Linux); default: true
---@field synack_text? boolean data and a FIN in a SYN+ACK are taken (RFC 9293 3.10.7.3); default: false
---@field rfc1337? boolean TIME-WAIT ignores resets (RFC 1337); default: false
---@field synack_for_repeated_syn? boolean a repeated SYN draws another SYN+ACK, not an ACK; default: true
---@field path_mtu_discovery? boolean no fragments (DF); routers say what is too big (RFC 1191, RFC 8201); default: true
---@field mtu_probing? "off"|"when black hole"|"always"|boolean larger segments are tried, smaller ones when nothing passes (RFC 4821); default: off
---@field mtu_probe_base? Size bytes of data in a segment that probing begins with; default: 1 KiB; from 48 B to 65.495 kB
---@field mtu_probe_floor? Size the least it goes down to in a black hole; default: 48 B; from 8 B to 65.495 kB
---@field mtu_probe_threshold? Size probing ends when so few bytes are uncertain; default: 8 B; from 1 B to 65.535 kB
---@field mtu_probe_interval? Time and begins again after this time; default: 600 s; from 1 ms to 24 h
---@field icmp_ends_opening? boolean any ICMP error ends an opening; else only a hard one (RFC 5461); default: true
---@field icmp_hard_errors? boolean a hard ICMP error ends an open connection (RFC 1122 4.2.3.9); default: false
---@field icmp_reverts_backoff? boolean "unreachable" takes a doubling of the time-out back (RFC 6069); default: true
---@field isn? integer|"random" initial sequence number; random: by RFC 6528; default: random; from 0 to 4294967295
---@field cc? string|CongestionSettings congestion control, by its name or with its settings
---@field keepalive? boolean|KeepaliveOptions probes of a silent connection; true: after two hours
---@field profile? string what the other options begin with; roundtrip list profiles

---the option keepalive of TCP
---@class KeepaliveOptions
---@field idle? Time|"off"|"none"|boolean silence before the first probe (RFC 1122 4.2.3.6); default: off; from 1 ms to 1000000 s
---@field interval? Time time between probes; default: 75 s; from 1 ms to 1000000 s
---@field probes? integer unanswered probes until the connection is given up; default: 9; from 1 to 127

---what conn:set changes: the options of TCP but for the profile
---@class TcpSetOptions
---@field mss? Size|"auto" bytes of data in a segment without options; auto: from the MTU; default: auto; from 64 B to 65.495 kB
---@field peer_mss_floor? Size an MSS of the peer's that is smaller counts as this (Linux: tcp_min_snd_mss); default: 48 B; from 8 B to 536 B
---@field initial_window? integer|"rfc3390" segments before the first ACK; default: 10; from 1 to 1000000
---@field slow_start_limit? integer|"off"|boolean segments that one ACK may add in slow start; default: off; from 1 to 1000000
---@field cwnd_counts_segments? boolean a short segment takes as much of cwnd as a full one; default: true
---@field threshold_from_cwnd? boolean a loss halves cwnd itself, not what is in flight; default: true
---@field syn_losses_forgiven? integer lost SYNs that leave the initial window as it is; default: 1; from 0 to 255
---@field window_scale? integer|"off"|"auto"|"on"|boolean shift of our window; auto: as the buffer needs; default: 7; from 0 to 14
---@field timestamps? boolean offer and use timestamps (RFC 7323); default: true
---@field sack? boolean offer selective acknowledgements (RFC 2018); default: true
---@field dsack? boolean report duplicates by SACK (RFC 2883); default: true
---@field initial_rto? Time time-out before the first round-trip sample (RFC 6298); default: 1 s; from 1 us to 1 h
---@field min_rto? Time floor of the time-out; default: 200 ms; from 0 to 1 h
---@field max_rto? Time ceiling of the time-out with its back-off; default: 120 s; from 1 ms to 24 h
---@field rto_variances? integer variances above srtt that the time-out is (RFC 6298: K = 4); default: 4; from 1 to 16
---@field timer_tick? Time|"off"|boolean the slow clock in whose ticks BSD counts time-outs and round trips; default: off; from 1 us to 10 s
---@field syn_backoff_from? Time|"auto" half of the handshake's second time-out; auto: initial_rto; default: auto; from 1 us to 1 h
---@field connect_timeout? Time|"off"|"none"|boolean a handshake that lasts longer is given up; default: off; from 1 ms to 24 h
---@field persist_min? Time floor of the persist timer; default: 0 s; from 0 to 1 h
---@field persist_max? Time|"auto" ceiling of the persist timer; auto: max_rto; default: auto; from 1 ms to 24 h
---@field rto_floor_on_variance? boolean the floor is under 4 rttvar, not under the sum; default: true
---@field syn_retries? integer SYN retransmissions with back-off; default: 6; from 0 to 127
---@field syn_linear_timeouts? integer SYN retransmissions before back-off starts, in addition; default: 4; from 0 to 127
---@field syn_after_bad_ack? Time|"off"|"none"|boolean the first SYN goes out again so soon after an ACK of something never sent (Linux); default: 8 ms; from 1 us to 1 h
---@field synack_retries? integer SYN+ACK retransmissions; default: 5; from 0 to 127
---@field retries? integer data retransmissions until the connection is given up; default: 15; from 0 to 127
---@field retries_as_time? boolean give up after the time that many retries from min_rto take; default: true
---@field orphan_retries? integer the same once the application has closed; default: 8; from 0 to 127
---@field backlog? integer connections waiting to be accepted, less one; and half-open ones, less one; default: 128; from 0 to 1000000
---@field backlog_max? integer|"off"|"none"|boolean a greater backlog counts as this (somaxconn); default: 4096; from 0 to 1000000
---@field syn_backlog? integer|"off"|"none"|boolean without cookies three quarters of this many may be half-open (tcp_max_syn_backlog); default: 1024; from 0 to 1000000
---@field syn_cookies? "off"|"when full"|"always"|boolean answer a SYN without keeping anything (RFC 4987): never, when its queue is full, or always; default: when full
---@field listen_drops_syn_fin? boolean a listener drops a SYN with a FIN (Linux); default: true
---@field listen_close_resets? boolean closing a listener resets its half-open connections; else what comes for them does; default: false
---@field syn_queue_prunes? boolean while the SYN queue is half full, old entries get fewer SYN+ACKs; default: true
---@field fastopen? "off"|"client"|"server"|"on"|boolean data in the SYN (RFC 7413): asked for, granted, or both; default: off
---@field defer_accept? Time|"off"|boolean a connection is ready when it has data, or after so long (TCP_DEFER_ACCEPT); default: off; from 0 to 1 h
---@field delayed_ack? Time|"off"|boolean longest delay of an ACK (RFC 1122: below 0.5 s); default: 40 ms; from 0 to 500 ms
---@field ack_tick? boolean a delayed ACK leaves with the next tick of a clock of that period (BSD); default: false
---@field quick_acks? boolean the first segments of a flow are acknowledged one by one (Linux); default: true
---@field cautious_window? boolean the offer begins below the buffer, opens with what comes, and shuts below a segment (Linux); default: true
---@field nagle? boolean a short segment waits while data is unacknowledged (RFC 1122 4.2.3.4); default: true
---@field minshall? boolean Nagle waits only behind another short segment; default: true
---@field cork? boolean less than a segment waits, for at most one time-out (TCP_CORK); default: false
---@field probe_with_data? boolean a window probe carries one new byte; default: false
---@field limited_transmit? boolean the first duplicate ACKs let out new data (RFC 3042); default: true
---@field newreno? boolean partial ACKs are answered (RFC 6582), where there is no SACK; default: true
---@field keeps_inflation? boolean a recovery of just three duplicate ACKs leaves them in cwnd (BSD, an error); default: false
---@field prr? boolean the window comes down as ACKs arrive (RFC 9937); default: true
---@field rack? boolean losses are found by time (RFC 8985); default: true
---@field last_resort? boolean without rack, when nothing else may go: what may be lost, and once the last (RFC 6675); default: false
---@field tail_loss_probe? boolean a probe for the tail before the time-out (RFC 8985); default: true
---@field frto? boolean a time-out may prove spurious (RFC 5682); default: true
---@field undo? boolean a needless cut is taken back (RFC 3522, RFC 3708); default: true
---@field time_wait? Time TIME-WAIT, 2 MSL; default: 60 s; from 0 to 1 h
---@field fin_timeout? Time|"off"|"none"|boolean FIN-WAIT-2 once the application has closed; default: 60 s; from 0 to 24 h
---@field fin_wait_2_bucket? boolean it is kept like a TIME-WAIT: a reset or SYN anywhere in the window ends it (Linux); default: true
---@field reset_for_gap_fin? boolean once closed, a FIN beyond a gap draws a reset, as data does (Linux); default: true
---@field time_wait_reuse? "off"|"loopback"|"on"|boolean connecting takes over a TIME-WAIT that is a second old (timestamps keep it safe); default: loopback
---@field time_wait_drops_syn? boolean a SYN that may not reopen a TIME-WAIT draws no answer (RFC 6191); default: false
---@field linger? Time|"off"|"none"|boolean SO_LINGER: how long close() waits for the end; 0: it resets; default: off; from 0 to 65535 s
---@field max_orphans? integer|"off"|"none"|boolean closed connections of a host that still send; one more is reset; default: 32768; from 0 to 1000000000
---@field send_buffer? Size bytes written and not yet acknowledged; default: 85 KiB; from 1 B to 1 TB
---@field receive_buffer? Size bytes that can be stored; default: 82 kB; from 1 B to 1.07372544 GB
---@field autotune? boolean buffers grow with the path; default: true
---@field send_buffer_max? Size to this, when autotuned; default: 4 MiB; from 1 B to 1 TB
---@field receive_buffer_max? Size to this, when autotuned; default: 3 MiB; from 1 B to 1.07372544 GB
---@field receive_memory? Size|"off"|boolean memory of the receive buffer, of which segments take their true size (Linux); default: off; from 1 B to 2.147483647 GB
---@field trim_to_window? boolean the part inside the window is taken of a segment that crosses its right edge; default: false
---@field keep_larger_window? boolean a segment that acknowledges nothing new does not lower the peer's window; default: true
---@field fin_holds_data? boolean the last data waits while the FIN behind it does not fit the peer's window; default: true
---@field drop_without_timestamp? boolean a segment without the timestamp that was agreed on is dropped (RFC 7323 3.2); default: false
---@field ecn? "off"|"passive"|"on"|"accurate"|boolean congestion marks: off, when the peer asks, asked for (RFC 3168), or counted (RFC 9768); default: passive
---@field abe? boolean a mark cuts less than a loss: reno to 0.8, cubic to 0.85 (RFC 8511); default: false
---@field user_timeout? Time|"off"|"none"|boolean data unacknowledged, or kept by a shut window, for so long ends it (RFC 5482); default: off; from 1 ms to 24 h
---@field idle_restart? boolean back to the initial window after idling longer than the time-out (RFC 5681 4.1); default: true
---@field cwnd_validation? "off"|"linux"|"rfc7661"|boolean cwnd that is not used: may grow, may not (and decays), or is kept for 5 min (RFC 7661); default: linux
---@field pacing? "auto"|"on"|"off"|boolean data leaves at a rate: where the congestion control asks for it (bbr), or always; default: auto
---@field pacing_ss_ratio? number that rate over cwnd / srtt in slow start, unless congestion control sets it; default: 2; from 0.1 to 10
---@field pacing_ca_ratio? number the same from half of ssthresh on; default: 1.2; from 0.1 to 10
---@field max_pacing_rate? Rate|"unlimited"|"off"|boolean data leaves no faster; turns pacing on where it is auto (SO_MAX_PACING_RATE); default: unlimited
---@field challenge_ack? boolean doubtful resets and SYNs are answered by an ACK (RFC 5961); default: true
---@field reset_beyond_hole? boolean a reset right behind the last data that came out of order counts, too (Linux); default: true
---@field reset_after_fin? boolean a reset with the number of the peer's FIN counts, too (Linux, for macOS); default: true
---@field reset_for_half_open_syn? boolean another SYN in the window of a half-open connection draws a reset (Linux); default: true
---@field synack_text? boolean data and a FIN in a SYN+ACK are taken (RFC 9293 3.10.7.3); default: false
---@field rfc1337? boolean TIME-WAIT ignores resets (RFC 1337); default: false
---@field synack_for_repeated_syn? boolean a repeated SYN draws another SYN+ACK, not an ACK; default: true
---@field path_mtu_discovery? boolean no fragments (DF); routers say what is too big (RFC 1191, RFC 8201); default: true
---@field mtu_probing? "off"|"when black hole"|"always"|boolean larger segments are tried, smaller ones when nothing passes (RFC 4821); default: off
---@field mtu_probe_base? Size bytes of data in a segment that probing begins with; default: 1 KiB; from 48 B to 65.495 kB
---@field mtu_probe_floor? Size the least it goes down to in a black hole; default: 48 B; from 8 B to 65.495 kB
---@field mtu_probe_threshold? Size probing ends when so few bytes are uncertain; default: 8 B; from 1 B to 65.535 kB
---@field mtu_probe_interval? Time and begins again after this time; default: 600 s; from 1 ms to 24 h
---@field icmp_ends_opening? boolean any ICMP error ends an opening; else only a hard one (RFC 5461); default: true
---@field icmp_hard_errors? boolean a hard ICMP error ends an open connection (RFC 1122 4.2.3.9); default: false
---@field icmp_reverts_backoff? boolean "unreachable" takes a doubling of the time-out back (RFC 6069); default: true
---@field isn? integer|"random" initial sequence number; random: by RFC 6528; default: random; from 0 to 4294967295
---@field cc? string|CongestionSettings congestion control, by its name or with its settings
---@field keepalive? boolean|KeepaliveOptions probes of a silent connection; true: after two hours

---one end of a TCP connection, with what TCP_INFO would say of it
---@class Connection
---@field state string "ESTABLISHED", "TIME-WAIT" ...
---@field recovery string "open", "disorder", "cwr", "fast" or "loss"
---@field cwnd bytes congestion window
---@field ssthresh bytes slow-start threshold; math.huge before the first loss
---@field flight bytes sent, and neither acknowledged nor believed lost
---@field snd_wnd bytes what the peer offers
---@field rcv_wnd bytes what this end offers
---@field srtt seconds smoothed round-trip time; 0 before the first sample
---@field rttvar seconds its variation
---@field min_rtt seconds? the least round-trip time; nil before the first sample
---@field rto seconds retransmission time-out, with the back-off in force
---@field backoff integer doublings of the time-out in force
---@field mss bytes the largest segment that this end sends
---@field path_mtu bytes what it takes the path to carry
---@field soft_error string? what ICMP said last, "host unreachable"; nil since an ACK came
---@field pacing_rate number bytes a second; math.huge: it does not pace
---@field bytes_sent bytes payload, retransmissions counted again
---@field bytes_acked bytes payload that the peer has acknowledged
---@field bytes_received bytes payload in order
---@field segments_sent integer all of them
---@field segments_received integer all of them
---@field retransmits integer segments that were sent again, SYN and FIN too
---@field lost integer segments believed lost so far
---@field reordering integer segments by which it has seen packets late
---@field timeouts integer how often the retransmission timer fired
---@field duplicate_acks integer that it received
---@field opened_at seconds when connect was called, or the SYN arrived
---@field connect_time seconds? how long the opening took; nil: it is not over
---@field timestamps boolean both ends use the option
---@field sack boolean both ends use the option
---@field ecn boolean both ends use it
---@field snd_scale integer window scale of the peer
---@field rcv_scale integer window scale of this end
---@field local_address string of this end
---@field local_port integer of this end
---@field remote_address string of the peer
---@field remote_port integer of the peer
local Connection = {}

---queues so many bytes (zeros on the wire), and waits while the buffer is full
---@param size Size
---@return integer?
---@return string?
---@return integer?
function Connection:send(size) end

---queues these bytes, likewise
---@param text string
---@return integer?
---@return string?
---@return integer?
function Connection:write(text) end

---waits for exactly so many bytes, or for at least one: count and text (where it was written as text); at the end or on failure nil, the reason and the count
---@param count? Size
---@return integer?
---@return string?
---@return integer?
function Connection:receive(count) end

---waits until the end: count and text, or nil, the reason and the count
---@return integer?
---@return string?
---@return integer?
function Connection:receive_all() end

---FIN: nothing more is sent or received; with linger it waits
---@param options? CloseOptions
---@return boolean?
---@return string?
function Connection:close(options) end

---FIN for sending only: it can still receive
function Connection:shutdown() end

---RST
function Connection:abort() end

---forgotten without a word
function Connection:vanish() end

---changes options of TCP from now on
---@param options TcpSetOptions
function Connection:set(options) end

---TCP_QUICKACK: a delayed ACK leaves now
---@param on? boolean
function Connection:quick_ack(on) end

---urgent data, as RFC 6093 leaves it: a mark behind these bytes; how many found room
---@param what Size|string
---@return integer
function Connection:send_urgent(what) end

---how many bytes may be read before the last urgent one; nil: no mark is ahead
---@return integer?
function Connection:before_mark() end

---all fields but the addresses and ports at once, by their names
---@return table
function Connection:info() end

---calls the function at each such event, with the states where it is one of state
---@param event "state"|"loss"|"timeout"|"recovered"|"urgent"
---@param handler fun(conn: Connection, new?: string, old?: string)
function Connection:on(event, handler) end

---a port on which connections are accepted, with its two queues
---@class Listener
---@field half_open integer openings that wait for their ACK now
---@field ready integer connections that wait for accept now
---@field most_half_open integer the most of the former at once
---@field most_ready integer the most of the latter at once
---@field dropped integer SYNs and third packets that found a queue full
---@field overflows integer of them, those for which it was the accept queue
---@field deferred integer third packets that were put off (defer_accept)
---@field cookies_sent integer SYN+ACKs for which nothing was kept
---@field cookies_received integer cookies that came back and were good
---@field cookies_failed integer cookies that were wrong or too old: reset
---@field port integer where it listens
local Listener = {}

---waits for a connection that is ready; or nil and "timed out" or "closed"
---@param timeout? Time
---@return Connection?
---@return string?
function Listener:accept(timeout) end

---ends it; connections that were accepted stay
function Listener:close() end

---all fields at once, by their names
---@return table
function Listener:info() end

-- Datagrams and single packets

---host:udp(port, {...})
---@class UdpOptions
---@field receive_buffer? Size IP bytes that may wait; default: 208 KiB; from 1 B to 1 TB
---@field fragments? "anywhere"|"at source"|"never" where a datagram may be fragmented; default: anywhere

---host:ping(destination, {...})
---@class PingOptions
---@field count? integer requests; default: 4; from 1 to 65535
---@field interval? Time between two requests; default: 1 s; from 0 to 24 h
---@field size? Size data of a request; default: 56 B; from 0 to 65.507 kB
---@field timeout? Time how long the last may take; default: 1 s; from 0 to 24 h
---@field ttl? integer time to live, hop limit; default: 64; from 1 to 255
---@field dont_fragment? boolean routers may not cut it; default: false

---host:traceroute(destination, {...})
---@class TracerouteOptions
---@field max_hops? integer the largest TTL that is tried; default: 30; from 1 to 255
---@field probes? integer a hop; default: 3; from 1 to 10
---@field timeout? Time how long an answer may take; default: 1 s; from 0 to 24 h
---@field size? Size data of a probe; default: 32 B; from 0 to 65.507 kB

---host:inject{...}
---@class InjectFields
---@field sport? integer source port; it has to be said; from 1 to 65535
---@field dport? integer destination port; it has to be said; from 1 to 65535
---@field seq? integer sequence number, as on the wire; default: 0; from 0 to 4294967295
---@field ack? integer acknowledgment number, with the flag ACK; from 0 to 4294967295
---@field len? Size payload; default: 0 B; from 0 to 65.495 kB
---@field win? integer window, as on the wire; default: 65535; from 0 to 65535
---@field ttl? integer time to live, hop limit; default: 64; from 1 to 255
---@field mss? integer the option; without it there is none; from 1 to 65535
---@field flags? string "SYN", "RST+ACK", "none"; it has to be said
---@field src? Node|string source (the host itself)
---@field dst? Node|string destination; it has to be said

---what host:ping returns
---@class PingResult
---@field sent integer requests
---@field received integer replies
---@field lost integer requests without a reply
---@field rtts seconds[] of those that came back
---@field min seconds? the least; nil: none came back
---@field mean seconds? their mean
---@field max seconds? the most
---@field mdev seconds? their standard deviation, as ping prints it: that of all that came back
---@field replies PingReply[] one each, in the order of the requests

---of PingResult.replies
---@class PingReply
---@field seq integer number of the request
---@field rtt seconds? until the reply came
---@field from string? who answered
---@field ttl integer? what was left of the reply's
---@field error string? "timed out", "host unreachable", "time exceeded" ...

---what host:traceroute returns
---@class TracerouteResult
---@field [integer] TracerouteHop the hops, in order
---@field reached boolean the destination has answered

---of TracerouteResult
---@class TracerouteHop
---@field ttl integer which hop
---@field rtts seconds[] of the probes that were answered
---@field from string? who answered
---@field name string? the node with that address
---@field error string? "time exceeded", "port unreachable" ...

---a socket for datagrams
---@class UdpSocket
---@field port integer its port
---@field waiting integer datagrams that can be received now
local UdpSocket = {}

---one datagram of so many bytes: the size, or nil and "too long" or "unreachable"
---@param destination Node|string
---@param port integer
---@param size Size
---@return integer?
---@return string?
function UdpSocket:send_to(destination, port, size) end

---one datagram with this text, likewise
---@param destination Node|string
---@param port integer
---@param text string
---@return integer?
---@return string?
function UdpSocket:write_to(destination, port, text) end

---waits: count, address, port, text; or nil and "timed out", "closed", "refused" or "unreachable"
---@param timeout? Time
---@return integer?
---@return string?
---@return integer?
---@return string?
function UdpSocket:receive_from(timeout) end

---only this peer from now on; what ICMP says of it is told by the next call
---@param destination Node|string
---@param port integer
function UdpSocket:connect(destination, port) end

---one datagram to that peer
---@param size Size
---@return integer?
---@return string?
function UdpSocket:send(size) end

---one datagram with this text to that peer
---@param text string
---@return integer?
---@return string?
function UdpSocket:write(text) end

---ends it
function UdpSocket:close() end

-- Loads

---bulk{...}
---@class BulkOptions
---@field start? Time when it begins; default: 0 s
---@field until? Time no flow begins after that
---@field count? integer|"unlimited" flows in all; from 1 to 1000000000000000
---@field port? integer where the receivers listen (5001, of the next load 5002 ...); from 1 to 65535
---@field server_closes? boolean the receiver closes first; default: false
---@field from? Host|Host[] who connects and sends
---@field to? Host|Host[] who listens
---@field tcp? TcpOptions TCP of both ends
---@field name? string in summary.json and flows.csv
---@field gap? TimeDistribution between the beginnings of two flows (none)
---@field bytes? SizeDistribution|"unlimited" of a flow (unlimited)

---request_response{...}
---@class RequestResponseOptions
---@field start? Time when it begins; default: 0 s
---@field until? Time no flow begins after that
---@field count? integer|"unlimited" flows in all; from 1 to 1000000000000000
---@field port? integer where the receivers listen (5001, of the next load 5002 ...); from 1 to 65535
---@field server_closes? boolean the receiver closes first; default: false
---@field requests? integer|"unlimited" on one connection; default: 1; from 1 to 1000000000000000
---@field from? Host|Host[] who connects and sends
---@field to? Host|Host[] who listens
---@field tcp? TcpOptions TCP of both ends
---@field name? string in summary.json and flows.csv
---@field gap? TimeDistribution between the beginnings of two flows (none)
---@field request? SizeDistribution bytes of a request (200)
---@field response? SizeDistribution bytes of an answer (10 kB)
---@field think? TimeDistribution between an answer and the next request (none)

---poisson{...}
---@class PoissonOptions
---@field start? Time when it begins; default: 0 s
---@field until? Time no flow begins after that
---@field count? integer|"unlimited" flows in all; from 1 to 1000000000000000
---@field port? integer where the receivers listen (5001, of the next load 5002 ...); from 1 to 65535
---@field server_closes? boolean the receiver closes first; default: false
---@field rate? number flows that begin in a second, in the mean; it has to be said; from 0.000001 to 1000000000
---@field from? Host|Host[] who connects and sends
---@field to? Host|Host[] who listens
---@field tcp? TcpOptions TCP of both ends
---@field name? string in summary.json and flows.csv
---@field size? SizeDistribution bytes of a flow; it has to be said
---@field response? SizeDistribution bytes of an answer (none)

---idle{...}
---@class IdleOptions
---@field start? Time when it begins; default: 0 s
---@field until? Time no flow begins after that
---@field count? integer|"unlimited" flows in all; from 1 to 1000000000000000
---@field port? integer where the receivers listen (5001, of the next load 5002 ...); from 1 to 65535
---@field from? Host|Host[] who connects and sends
---@field to? Host|Host[] who listens
---@field tcp? TcpOptions TCP of both ends
---@field name? string in summary.json and flows.csv
---@field gap? TimeDistribution between the beginnings of two flows (none)

---a size that is drawn: {kind = ...} in place of a number of bytes
---@class SizeDistributionOptions
---@field kind "constant"|"uniform"|"exponential"|"pareto"|"log-normal"|"empirical" which distribution; it has to be said
---@field shape? number pareto: how soon large ones become rare; default: 1.5; from 1.01 to 1000
---@field sigma? number log-normal: deviation of the logarithm; default: 1; from 0 to 10
---@field mean? Size constant, exponential, pareto, log-normal: the mean; default: 0 B
---@field low? Size uniform: the least; default: 0 B
---@field high? Size uniform: the most; default: 0 B
---@field file? string empirical: of a value and its cumulative probability a line

---a time that is drawn: {kind = ...} in place of a time
---@class TimeDistributionOptions
---@field kind "constant"|"uniform"|"exponential"|"pareto"|"log-normal"|"empirical" which distribution; it has to be said
---@field shape? number pareto: how soon large ones become rare; default: 1.5; from 1.01 to 1000
---@field sigma? number log-normal: deviation of the logarithm; default: 1; from 0 to 10
---@field mean? Time constant, exponential, pareto, log-normal: the mean; default: 0 s
---@field low? Time uniform: the least; default: 0 s
---@field high? Time uniform: the most; default: 0 s
---@field file? string empirical: of a value and its cumulative probability a line

---what has become of a load over TCP
---@class Load
---@field name string as it was given, or the call and a number
---@field started integer flows begun
---@field completed integer rounds completed: a flow, or a request with its answer
---@field failed integer flows that failed
---@field bytes bytes that receivers got, of requests and answers
---@field mean_fct seconds mean flow-completion time
---@field max_fct seconds the longest
local Load = {}

---the flow-completion time that so large a share does not exceed (the median); seconds
---@param share? Ratio
---@return number
function Load:fct(share) end

---connections that send so many bytes, or without end
---@param options BulkOptions
---@return Load
function bulk(options) end

---connections on which requests are answered, one after the other
---@param options RequestResponseOptions
---@return Load
function request_response(options) end

---connections that begin at random and send a size that is drawn
---@param options PoissonOptions
---@return Load
function poisson(options) end

---connections that open and stay open, without a byte
---@param options IdleOptions
---@return Load
function idle(options) end

-- Streams

---cbr{...}
---@class CbrOptions
---@field rate? Rate while it sends; it has to be said; from 1 bit/s to 1000 Tbit/s
---@field size? Size IP length of a datagram; default: 1500 B; from 28 B to 65.535 kB
---@field start? Time when it begins; default: 0 s
---@field until? Time when it ends
---@field port? integer of the receiver (7001, of the next stream 7002 ...); from 1 to 65535
---@field from? Host who sends
---@field to? Host who receives
---@field name? string in summary.json

---on_off{...}
---@class OnOffOptions
---@field rate? Rate while it sends; it has to be said; from 1 bit/s to 1000 Tbit/s
---@field size? Size IP length of a datagram; default: 1500 B; from 28 B to 65.535 kB
---@field start? Time when it begins; default: 0 s
---@field until? Time when it ends
---@field port? integer of the receiver (7001, of the next stream 7002 ...); from 1 to 65535
---@field from? Host who sends
---@field to? Host who receives
---@field name? string in summary.json
---@field on? TimeDistribution how long it sends (1 s)
---@field off? TimeDistribution how long it is silent (1 s)

---what has become of a load over UDP
---@class Stream
---@field name string as it was given, or the call and a number
---@field sent integer datagrams
---@field received integer datagrams
---@field bytes bytes received
local Stream = {}

---datagrams at a constant rate
---@param options CbrOptions
---@return Stream
function cbr(options) end

---datagrams at a constant rate for a while, then silence, and again
---@param options OnOffOptions
---@return Stream
function on_off(options) end

-- Parameters

---param(name, default, help, {...})
---@class ParamOptions
---@field min? Quantity the least that is accepted
---@field max? Quantity the most that is accepted
---@field choices? (Quantity|boolean)[] nothing but these

---what may be varied: -p NAME=VALUE, an axis of a sweep, a slider of the lab; its value, in the SI unit where the default has a unit
---@param name string
---@param default Quantity|boolean
---@param help? string
---@param options? ParamOptions
---@return any
function param(name, default, help, options) end

-- Experiments

---figure(name, {...})
---@class FigureOptions
---@field format? "svg"|"pdf"|"png"|"tex"|"txt" file format (svg; of a ladder txt, too); default: svg
---@field width? "column"|"double"|"slide" column (85 mm), double (175 mm) or slide (254 mm); each kind has its own
---@field from? Time only what happens from then on; default: 0 s
---@field to? Time only what happens until then
---@field raw? boolean sequence numbers as on the wire; default: false
---@field title? string above the figure
---@field conn? string only this connection; of a ladder several: "a,client*"
---@field link? string only this direction of a link
---@field file? string name of the file, without folder and ending (that of the figure)
---@field fields? string what a ladder says of packets: some of "seq,ack,win,options,cwnd"
---@field group? string nodes of a ladder that share a line: "clients=client*"

---trace{...}
---@class TraceOptions
---@field timeline? boolean timeline.csv; default: true
---@field tcp? boolean tcp.csv; default: true
---@field links? boolean links.csv; default: true
---@field pcap? boolean pcap/; default: true
---@field listeners? boolean listeners.csv, the queues of each listener; default: false
---@field snaplen? "headers"|"full" what captures keep of a packet: its headers, or all; default: headers
---@field interval? Time of links.csv; a 200th of the run, at least 1 ms; default: 0 s; from 1 ns to 1000000 s
---@field connections? integer|"all" how many connections summary.json lists; the others are added up; default: 10000; from 0 to 1000000000

---a number that this run yields; the last one of a name counts
---@param name string
---@param value number
function result(name, value) end

---reads a result back
---@param name string
---@return number
function value(name) end

---checked at the end; one that does not hold fails the run and shows the values it saw
---@param text string
---@param condition boolean|fun(): any
function expect(text, condition) end

---a line on the timeline
---@param text string
function note(text) end

---asks for a figure: roundtrip list figures
---@param name string
---@param options? FigureOptions
function figure(name, options) end

---chooses what is recorded
---@param options TraceOptions
function trace(options) end

---the number that a text with a unit means, in the SI unit
---@param text Quantity
---@return number
function quantity(text) end

-- Chance

---random(), which is math.random(), and distributions
---@class random
---@overload fun(): number
random = {}

---evenly between them
---@param low Quantity
---@param high Quantity
---@return number
function random.uniform(low, high) end

---a whole number from low to high
---@param low integer
---@param high integer
---@return integer
function random.integer(low, high) end

---true so often
---@param probability Ratio
---@return boolean
function random.chance(probability) end

---exponential
---@param mean Quantity
---@return number
function random.exponential(mean) end

---normal
---@param mean Quantity
---@param deviation Quantity
---@return number
function random.normal(mean, deviation) end

---Pareto; the larger the shape, the rarer are large ones
---@param mean Quantity
---@param shape number
---@return number
function random.pareto(mean, shape) end

-- Your own congestion control

---congestion(name, {...}); none of the functions may wait
---@class CongestionParts
---@field init? fun(c: CongestionConnection) the first data are about to be sent; c.cwnd is the initial window
---@field on_ack? fun(c: CongestionConnection, ack: Ack) new data was acknowledged; not while a loss is repaired
---@field control? fun(c: CongestionConnection, ack: Ack) any ACK; in place of on_ack and of all that TCP makes of cwnd by itself
---@field measure? fun(c: CongestionConnection, ack: Ack) any ACK while something is in flight, before the others
---@field on_mark? fun(c: CongestionConnection, window: number) in place of on_loss when it was a mark (ECN)
---@field on_loss? fun(c: CongestionConnection, window: number) a loss without a time-out: says by c.ssthresh where cwnd comes down to
---@field on_timeout? fun(c: CongestionConnection, window: number) the timer fired for the first time for this data: says c.ssthresh; cwnd becomes one segment
---@field on_backoff? fun(c: CongestionConnection) the timer fired, for the first time or again; after on_timeout
---@field on_recovered? fun(c: CongestionConnection) all is repaired
---@field on_undo? fun(c: CongestionConnection) the loss was none: cwnd and ssthresh are as before it
---@field on_idle? fun(c: CongestionConnection) sending begins again after silence
---@field params? table settings and their defaults: cc = {"name", step = 2}
---@field help? string what it is
---@field paces? boolean data leaves at a rate and not in bursts
---@field ecn? boolean it asks for marks whatever the option ecn says
---@field restart_after_loss? boolean each loss begins anew from one segment, as in Tahoe
---@field cuts_flight? boolean window is always what was in flight

---what the functions of a congestion control are given; it keeps what else they store in it
---@class CongestionConnection
---@field cwnd number bytes, with their fraction (may be assigned)
---@field ssthresh number bytes; math.huge before the first loss (may be assigned)
---@field mss bytes the largest segment
---@field now seconds the simulated time
---@field srtt seconds smoothed round-trip time
---@field rttvar seconds its variation
---@field rto seconds retransmission time-out
---@field flight bytes sent and not yet acknowledged
---@field ack_limit bytes what one ACK may add in slow start
---@field acked_unused bytes acknowledged and not yet turned into growth; a time-out sets it to 0 (may be assigned)
---@field delivered bytes that have arrived, so far
---@field delivered_marked bytes of them with a mark
---@field lost bytes taken to be lost, so far
---@field app_limited bytes until delivered is beyond it rates tell of the application; 0: they do not (may be assigned)
---@field pacing_rate number bytes a second; math.huge: none; only control may set it (may be assigned)

---what on_ack, control and measure are given
---@class Ack
---@field acked bytes acknowledged anew
---@field flight bytes before this ACK
---@field rtt seconds? nil: no sample
---@field min_rtt seconds? the least so far
---@field una integer position in the stream of the oldest byte that is not acknowledged
---@field nxt integer position of the next byte; a round trip is over when una reaches what nxt was
---@field limited boolean cwnd was in use: it may grow
---@field recovering boolean a loss is being repaired
---@field repairing boolean after a time-out
---@field next_send_at seconds? when pacing lets the next segment go
---@field arrived bytes that arrived, by this ACK
---@field marked bytes of them with a mark
---@field lost bytes found to be lost, by this ACK
---@field flight_before bytes without what is known to be lost or to have arrived
---@field flight_now bytes the same after this ACK
---@field delivered bytes that arrived in interval
---@field delivered_before bytes what c.delivered was when the segment that arrived last was sent
---@field interval seconds? of the rate sample
---@field rate number? bytes a second that arrive; nil: no sample
---@field rtt_of_last seconds? round trip of the segment that arrived last; nil: it was sent more than once
---@field app_limited boolean the application set the pace
---@field delayed boolean the peer may have waited with it

---a congestion control of the scenario's own, for tcp = {cc = name}; its name
---@param name string
---@param parts CongestionParts
---@return string
function congestion(name, parts) end

-- Studies

---study{...}
---@class StudyOptions
---@field scenario? string another file to run in place of this one
---@field vary? table texts as on the command line, "loss=0..0.1:lin:6", or name = {values}
---@field seeds? integer|string so many, or "21..40"
---@field zip? boolean values are taken together, not each with each
---@field sample? string "lhs:200": points drawn from the ranges
---@field enough? string seeds are added until "ci(goodput) < 2 %"
---@field max_seeds? integer the most that enough gives a point
---@field vs? string "cc=reno": differences to the points with this value
---@field figures? table[] {"lines", x = "loss", y = "goodput", by = "delay", theory = "mathis"}

---what roundtrip sweep runs when the command line does not say it; run only reads it
---@param options StudyOptions
function study(options) end

-- Lua

---a Lua file beside the scenario: "helpers", "lib.helpers"
---@param name string
---@return any
function require(name) end

---writes to the terminal, not with --quiet
---@param ... any
function print(...) end
