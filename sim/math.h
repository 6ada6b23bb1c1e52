/* math: the elementary functions that decide outcomes, the same to the last bit everywhere.
 *
 * The C library's log, exp, pow and cbrt differ between versions and processors; these use only
 * + - * / and sqrt, which IEEE 754 fixes, and are good to a few units in the last place. */
#pragma once

double sim_log(double x); /* x > 0 */
double sim_exp(double x);
double sim_pow(double x, double y); /* x >= 0 */
double sim_cbrt(double x);
