/* state-diagram: see the header. The places are those of the RFC's figure. */
#include "plots/state-diagram.h"

const double state_places[STATE_PLACES][2] = {
    [STATE_CLOSED] = {1, 0},     [STATE_LISTEN] = {1, 1},      [STATE_SYN_RECEIVED] = {0, 2},
    [STATE_SYN_SENT] = {2, 2},   [STATE_ESTABLISHED] = {1, 3}, [STATE_FIN_WAIT_1] = {0, 4},
    [STATE_CLOSE_WAIT] = {2, 4}, [STATE_FIN_WAIT_2] = {0, 5},  [STATE_CLOSING] = {1, 5},
    [STATE_LAST_ACK] = {2, 5},   [STATE_TIME_WAIT] = {1, 6},   [STATE_END_CLOSED] = {2, 6},
};

#define S(name) STATE_##name
#define AT(place, x, y)                                                                            \
  {                                                                                                \
    place, x, y                                                                                    \
  }
#define LEFT STATE_LABEL_LEFT
#define CENTRE STATE_LABEL_CENTRE
#define RIGHT STATE_LABEL_RIGHT

/* clang-format off */
const StateEdge state_edges[STATE_EDGES] = {
    {S(CLOSED), S(LISTEN), "passive OPEN", "create TCB",
     {AT(S(CLOSED), -0.3, 1), AT(S(LISTEN), -0.3, -1)}, 2, -0.8, -0.5, RIGHT},
    {S(LISTEN), S(CLOSED), "CLOSE", "delete TCB",
     {AT(S(LISTEN), 0.3, -1), AT(S(CLOSED), 0.3, 1)}, 2, 0.8, -0.5, LEFT},
    {S(CLOSED), S(SYN_SENT), "active OPEN", "create TCB, snd SYN",
     {AT(S(CLOSED), 1, -0.2), AT(S(SYN_SENT), 0.3, 0), AT(S(SYN_SENT), 0.3, -1)}, 3, 0, -1.9, CENTRE},
    {S(SYN_SENT), S(CLOSED), "CLOSE or error", "delete TCB",
     {AT(S(SYN_SENT), -0.4, -1), AT(S(SYN_SENT), -0.4, 0), AT(S(CLOSED), 1, 0.5)}, 3, 0, 0.85, CENTRE},
    {S(SYN_RECEIVED), S(LISTEN), "rcv RST", "",
     {AT(S(SYN_RECEIVED), -0.4, -1), AT(S(SYN_RECEIVED), -0.4, 0), AT(S(LISTEN), -1, 0)}, 3, 0.8, -1.5, LEFT},
    {S(LISTEN), S(SYN_RECEIVED), "rcv SYN", "snd SYN,ACK",
     {AT(S(LISTEN), -0.7, 1), AT(S(SYN_RECEIVED), 1, -0.7)}, 2, -2.2, -1.5, RIGHT},
    {S(LISTEN), S(SYN_SENT), "SEND", "snd SYN",
     {AT(S(LISTEN), 0.7, 1), AT(S(SYN_SENT), -1, -0.7)}, 2, 2, -1.6, LEFT},
    {S(SYN_SENT), S(SYN_RECEIVED), "rcv SYN", "snd SYN,ACK",
     {AT(S(SYN_SENT), -1, 0), AT(S(SYN_RECEIVED), 1, 0)}, 2, 0, -1.95, CENTRE},
    {S(SYN_RECEIVED), S(ESTABLISHED), "rcv ACK of SYN", "",
     {AT(S(SYN_RECEIVED), 1, 0.7), AT(S(ESTABLISHED), -0.7, -1)}, 2, -1.2, 0.5, RIGHT},
    {S(SYN_SENT), S(ESTABLISHED), "rcv SYN,ACK", "snd ACK",
     {AT(S(SYN_SENT), -1, 0.7), AT(S(ESTABLISHED), 0.7, -1)}, 2, 1.2, 0.5, LEFT},
    {S(SYN_RECEIVED), S(FIN_WAIT_1), "CLOSE", "snd FIN",
     {AT(S(SYN_RECEIVED), -0.4, 1), AT(S(FIN_WAIT_1), -0.4, -1)}, 2, 0.8, -0.8, LEFT},
    {S(ESTABLISHED), S(FIN_WAIT_1), "CLOSE", "snd FIN",
     {AT(S(ESTABLISHED), -0.7, 1), AT(S(FIN_WAIT_1), 1, -0.7)}, 2, -2, -1.6, RIGHT},
    {S(ESTABLISHED), S(CLOSE_WAIT), "rcv FIN", "snd ACK",
     {AT(S(ESTABLISHED), 0.7, 1), AT(S(CLOSE_WAIT), -1, -0.7)}, 2, 2, -1.6, LEFT},
    {S(FIN_WAIT_1), S(FIN_WAIT_2), "rcv ACK of FIN", "",
     {AT(S(FIN_WAIT_1), -0.4, 1), AT(S(FIN_WAIT_2), -0.4, -1)}, 2, 1.6, -0.5, LEFT},
    {S(FIN_WAIT_1), S(CLOSING), "rcv FIN", "snd ACK",
     {AT(S(FIN_WAIT_1), 1, 0.5), AT(S(CLOSING), -0.3, -1)}, 2, 2.2, -1.8, LEFT},
    {S(FIN_WAIT_1), S(TIME_WAIT), "rcv FIN, ACK of FIN", "snd ACK",
     {AT(S(FIN_WAIT_1), 0.75, 1), AT(S(TIME_WAIT), -0.8, -1)}, 2, 2, 1, LEFT},
    {S(CLOSE_WAIT), S(LAST_ACK), "CLOSE", "snd FIN",
     {AT(S(CLOSE_WAIT), 0, 1), AT(S(LAST_ACK), 0, -1)}, 2, -1.6, -0.5, RIGHT},
    {S(FIN_WAIT_2), S(TIME_WAIT), "rcv FIN", "snd ACK",
     {AT(S(FIN_WAIT_2), -0.4, 1), AT(S(FIN_WAIT_2), -0.4, 0), AT(S(TIME_WAIT), -1, 0.3)}, 3, 0, 0.9, CENTRE},
    {S(CLOSING), S(TIME_WAIT), "rcv ACK of FIN", "",
     {AT(S(CLOSING), 0, 1), AT(S(TIME_WAIT), 0, -1)}, 2, 1.6, -0.5, LEFT},
    {S(LAST_ACK), STATE_END_CLOSED, "rcv ACK of FIN", "",
     {AT(S(LAST_ACK), 0, 1), AT(STATE_END_CLOSED, 0, -1)}, 2, -1.6, -0.7, RIGHT},
    {S(TIME_WAIT), STATE_END_CLOSED, "Timeout=2MSL", "delete TCB",
     {AT(S(TIME_WAIT), 1, 0.3), AT(STATE_END_CLOSED, -1, 0.3)}, 2, 0, -3.3, CENTRE},
};
/* clang-format on */
