/* export: results.csv, summary.csv and, with --vs, differences.csv, in the study's folder.
 *
 * Numbers are in SI units, in the shortest form that reads back to the same; rows are in the order
 * of the plan. The same study gives the same bytes, whoever made the runs and in whatever order.
 *
 *   results.csv      point,seed,status,message,PARAMETER...,RESULT...    a row a run
 *   summary.csv      point,PARAMETER...,result,n,failed,mean,sd,ci95_low,ci95_high,min,median,p90,
 *                    p99,max                                             a row a point and result
 *   differences.csv  point,vs_point,PARAMETER...,result,n,mean,sd,ci95_low,ci95_high */
#pragma once

#include "scenarios/runner/study/table.h"

bool export_all(const Study *study, const char *folder, GError **error);
